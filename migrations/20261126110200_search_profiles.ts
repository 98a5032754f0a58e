import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create extension if not exists pg_trgm;
    -- Names that begin with what is searched for, have a word that does, or are like it.
    create index idx_profiles_username_like on profiles using gin (username gin_trgm_ops);
    create index idx_profiles_display_name_like on profiles using gin (lower(display_name) gin_trgm_ops);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index idx_profiles_display_name_like;
    drop index idx_profiles_username_like;
    drop extension pg_trgm;
  `)
}
