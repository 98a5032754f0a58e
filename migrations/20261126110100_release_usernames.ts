import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Who gave up which username, for the 30 days in which nobody else can have it. Not a foreign key: what an erased
    -- person was called stays theirs as long.
    create table released_usernames (
      id uuid primary key default uuidv7(),
      username text not null,
      user_id uuid not null,
      released_at timestamptz not null default now()
    );
    -- Whether somebody else has given up a username lately.
    create index idx_released_usernames_username on released_usernames (username);
    -- How often a person has changed theirs lately.
    create index idx_released_usernames_user on released_usernames (user_id, released_at);
    -- Those that anybody may have again.
    create index idx_released_usernames_released on released_usernames (released_at);

    create function release_username() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      insert into public.released_usernames (username, user_id) values (old.username, old.user_id);
      return null;
    end $$;
    revoke all on function release_username() from public;
    create trigger release_changed_username after update of username on profiles for each row
      when (old.username is distinct from new.username and old.username is not null)
      execute function release_username();
    create trigger release_deleted_username after delete on profiles for each row
      when (old.username is not null) execute function release_username();

    grant select, delete on released_usernames to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger release_changed_username on profiles;
    drop trigger release_deleted_username on profiles;
    drop function release_username();
    drop table released_usernames;
  `)
}
