import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Ids only: the words are made when it is read, so nothing outlives what it was about.
    create table notifications (
      id uuid primary key default uuidv7(),
      user_id uuid not null constraint fk_notifications_user references users (id) on delete cascade,
      type text not null
        constraint ck_notifications_type check (type in ('friend_request', 'friend_accepted', 'comment')),
      actor_id uuid not null constraint fk_notifications_actor references users (id) on delete cascade,
      -- What it is about; the friendship itself has no id, so there it is the person who acted.
      subject_id uuid not null,
      post_id uuid constraint fk_notifications_post references posts (id) on delete cascade,
      read_at timestamptz,
      pushed_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      -- One thing that happened is one notification, however often the job runs.
      constraint uq_notifications_subject unique (user_id, type, subject_id)
    );
    create index idx_notifications_user on notifications (user_id, id desc);
    -- The number on the badge.
    create index idx_notifications_unread on notifications (user_id) where read_at is null;
    create trigger update_notifications_updated_at before update on notifications
      for each row execute function touch_updated_at();

    -- A phone that can be woken. A token belongs to the session that registered it last.
    create table devices (
      token_hash bytea primary key,
      token text not null constraint ck_devices_token check (octet_length(token) <= 4096),
      user_id uuid not null constraint fk_devices_user references users (id) on delete cascade,
      session_id uuid not null constraint fk_devices_session references sessions (id) on delete cascade,
      platform text not null constraint ck_devices_platform check (platform in ('android', 'ios', 'web')),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index idx_devices_user on devices (user_id);
    create index idx_devices_session on devices (session_id);
    create trigger update_devices_updated_at before update on devices for each row execute function touch_updated_at();

    alter table notifications enable row level security, force row level security;
    create policy own on notifications using (user_id = (select app_user())) with check (user_id = (select app_user()));
    alter table devices enable row level security, force row level security;
    create policy own on devices using (user_id = (select app_user())) with check (user_id = (select app_user()));

    -- A token moves with the phone: whoever signs in on it last takes it from whoever was there before.
    create function take_device(hash bytea) returns void
      language sql security definer set search_path = '' as $$ delete from public.devices where token_hash = hash $$;
    revoke all on function take_device(bytea) from public;
    create policy take on devices for all to current_user using (true);

    grant select, insert, update on notifications to kith_app;
    grant select, insert, delete on devices to kith_app;
    grant execute on function take_device(bytea) to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function take_device(bytea)')
  await knex.schema.dropTable('devices').dropTable('notifications')
}
