import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index idx_media_unpurged;
    -- What is to be removed from storage: on its way out, or failed.
    create index idx_media_unpurged on media (updated_at) where status in ('removed', 'failed') and purged_at is null`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index idx_media_unpurged;
    create index idx_media_unpurged on media (updated_at) where status = 'removed' and purged_at is null`)
}
