import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What of a person's settings decides over what others may do; the rest is nobody else's to read.
    alter table users
      add column profile_visibility text not null default 'public'
        constraint ck_users_profile_visibility check (profile_visibility in ('public', 'friends', 'private')),
      -- Followers are approved, and strangers see no more than a name.
      add column is_private boolean not null default false,
      add column messages_from text not null default 'everyone'
        constraint ck_users_messages_from check (messages_from in ('everyone', 'following', 'no_one')),
      add column hides_metrics boolean not null default false;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users drop column profile_visibility, drop column is_private, drop column messages_from,
      drop column hides_metrics;
  `)
}
