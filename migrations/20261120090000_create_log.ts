import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$ begin
      if not exists (select from pg_roles where rolname = 'kith_app') then create role kith_app nologin; end if;
    exception when duplicate_object or unique_violation then null; -- another database of this cluster was quicker
    end $$;
    grant usage on schema public to kith_app;

    -- Who a transaction acts for. Nobody when unset: private tables then show nothing.
    create function app_user() returns uuid language sql stable
      as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;

    create function touch_updated_at() returns trigger language plpgsql
      as $$ begin new.updated_at = now(); return new; end $$;

    create table outbox (
      id bigint generated always as identity primary key,
      kind text not null constraint ck_outbox_kind check (kind in ('event', 'control', 'fact', 'job')),
      name text not null,
      payload text not null,
      rooms text[] not null,
      excluded text[] not null
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

    -- Of the write-ahead log as it is written now; the last checkpoint may still be of the time before a promotion.
    create function log_timeline() returns integer language sql
      as $$ select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer $$;

    create table log_head (
      one boolean primary key default true constraint ck_log_head_one check (one),
      epoch text not null default replace(gen_random_uuid()::text, '-', ''),
      pos bigint not null default 0,
      -- Changes when a standby is promoted; the relay then starts a new epoch.
      timeline integer not null
    ) with (fillfactor = 50);
    insert into log_head (timeline) select log_timeline();

    create table event_log (
      pos bigint not null,
      at timestamptz not null default now(),
      kind text not null,
      name text not null,
      payload text not null,
      rooms text[] not null,
      excluded text[] not null,
      primary key (pos, at)
    ) partition by range (at);
    -- The hourly upkeep asks how far back the log reaches.
    create index idx_event_log_at on event_log (at);

    create table log_consumers (
      name text primary key,
      pos bigint not null,
      updated_at timestamptz not null default now()
    );

    -- Makes the partitions of today and tomorrow and drops those whose every event is older than the retention and
    -- has been handled by every consumer.
    create function keep_event_log(retention interval) returns void
      language plpgsql security definer set search_path = '' set timezone = 'UTC' set lock_timeout = '200ms' as $$
    declare
      day date;
      part record;
      newest bigint;
    begin
      foreach day in array array[now()::date, now()::date + 1] loop
        execute format(
          'create table if not exists public.event_log_%s partition of public.event_log for values from (%L) to (%L)',
          to_char(day, 'YYYYMMDD'), day::timestamptz, (day + 1)::timestamptz);
      end loop;
      for part in
        select c.oid::regclass as name, to_date(right(c.relname, 8), 'YYYYMMDD') + 1 as ends
        from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.event_log'::regclass
      loop
        continue when part.ends::timestamptz > now() - retention;
        execute format('select max(pos) from %s', part.name) into newest;
        continue when exists (select from public.log_consumers where pos < newest);
        execute format('drop table %s', part.name);
      end loop;
    end $$;
    revoke all on function keep_event_log(interval) from public;
    select keep_event_log('24 hours');

    create table remembered_acks (
      user_id uuid not null,
      client_id uuid not null,
      digest bytea not null,
      ack jsonb not null,
      created_at timestamptz not null default now(),
      primary key (user_id, client_id)
    );
    -- The sweep deletes the oldest.
    create index idx_remembered_acks_created_at on remembered_acks (created_at);
    alter table remembered_acks enable row level security, force row level security;
    create policy own on remembered_acks to kith_app
      using (user_id = (select app_user())) with check (user_id = (select app_user()));
    create policy sweep on remembered_acks for all to current_user using (true);

    create function sweep_remembered_acks(older_than interval) returns bigint
      language sql security definer set search_path = '' as $$
      with gone as (
        delete from public.remembered_acks where (user_id, client_id) in (
          select user_id, client_id from public.remembered_acks
          where created_at < now() - older_than order by created_at limit 20000
        ) returning 1
      )
      select count(*) from gone
    $$;
    revoke all on function sweep_remembered_acks(interval) from public;

    grant select, insert, delete on outbox to kith_app;
    grant select, update on log_head to kith_app;
    grant select, insert on event_log to kith_app;
    grant select, insert, update on log_consumers to kith_app;
    grant select, insert on remembered_acks to kith_app;
    grant execute on function keep_event_log(interval), sweep_remembered_acks(interval) to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function sweep_remembered_acks(interval);
    drop table remembered_acks;
    drop function keep_event_log(interval);
    drop table log_consumers, event_log, log_head, outbox;
    drop function log_timeline();
    drop function touch_updated_at();
    drop function app_user();
  `)
}
