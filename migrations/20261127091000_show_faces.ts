import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table profiles
      add column avatar_media_id uuid constraint fk_profiles_avatar references media (id)
        constraint uq_profiles_avatar unique,
      add column cover_media_id uuid constraint fk_profiles_cover references media (id)
        constraint uq_profiles_cover unique`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update media set attached_at = null
      where id in (select avatar_media_id from profiles union select cover_media_id from profiles);
    alter table profiles drop column avatar_media_id, drop column cover_media_id`)
}
