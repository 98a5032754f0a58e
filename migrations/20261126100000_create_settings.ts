import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What a person prefers and only they are served by. What decides over others' requests is kept in users.
    create table user_settings (
      user_id uuid primary key constraint fk_user_settings_user references users (id) on delete cascade,
      push_notifications boolean not null default true,
      email_notifications boolean not null default true,
      notification_frequency text not null default 'instant' constraint ck_user_settings_notification_frequency
        check (notification_frequency in ('instant', 'hourly', 'daily')),
      -- {type: {channel: wanted}}; what is not in it is wanted.
      notification_types jsonb not null default '{}' constraint ck_user_settings_notification_types
        check (jsonb_typeof(notification_types) = 'object' and octet_length(notification_types::text) <= 4096),
      autoplay_videos boolean not null default true,
      data_saver_mode boolean not null default false,
      dark_mode text not null default 'auto'
        constraint ck_user_settings_dark_mode check (dark_mode in ('auto', 'light', 'dark')),
      calm_mode boolean not null default false,
      -- In a day; 0 is no limit.
      time_limit_minutes integer not null default 0
        constraint ck_user_settings_time_limit check (time_limit_minutes between 0 and 1440),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create trigger update_user_settings_updated_at before update on user_settings
      for each row execute function touch_updated_at();
    insert into user_settings (user_id) select id from users;

    alter table user_settings enable row level security, force row level security;
    create policy own on user_settings
      using (user_id = (select app_user())) with check (user_id = (select app_user()));

    -- Every account has its row from the beginning, whoever makes it.
    create function create_settings() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      insert into public.user_settings (user_id) values (new.id);
      return null;
    end $$;
    revoke all on function create_settings() from public;
    create policy make on user_settings for insert to current_user with check (true);
    create trigger create_settings after insert on users for each row execute function create_settings();

    grant select, update on user_settings to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger create_settings on users;
    drop function create_settings();
    drop table user_settings;
  `)
}
