import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Keeps a table in monthly parts by created_at: makes those of this month and the next two, moves what came while
    -- its month had none out of the rest, and drops parts that ended longer ago than what is kept.
    create function keep_months(parent name, kept interval, today timestamptz default now()) returns void
      language plpgsql set search_path = '' set timezone = 'UTC' set lock_timeout = '200ms' as $$
    declare
      rest text := format('public.%I', parent || '_rest');
      month timestamptz;
      name text;
      part record;
    begin
      for month in execute format(
        'select date_trunc(''month'', $1) + make_interval(months => ahead) from generate_series(0, 2) ahead
         union select date_trunc(''month'', created_at) from %s', rest) using today
      loop
        name := format('public.%I', parent || to_char(month, '_YYYYMM'));
        continue when to_regclass(name) is not null;
        execute format('lock table %s in access exclusive mode', rest);
        execute format('create table %s (like public.%I including all)', name, parent);
        execute format(
          'with moved as (delete from %s where created_at >= %L and created_at < %L returning *)
           insert into %s select * from moved', rest, month, month + interval '1 month', name);
        execute format('alter table %s enable row level security, force row level security', name);
        execute format('alter table public.%I attach partition %s for values from (%L) to (%L)',
          parent, name, month, month + interval '1 month');
      end loop;
      for part in
        select c.oid::regclass as name, to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' as ends
        from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
        where i.inhparent = format('public.%I', parent)::regclass and c.relname ~ '_\\d{6}$'
      loop
        continue when part.ends > today - kept;
        execute format('drop table %s', part.name);
      end loop;
    end $$;
    revoke all on function keep_months(name, interval, timestamptz) from public;

    -- What is left of an address: of IPv4 the /24, of IPv6 the /48, of anything else nothing.
    create function coarse_address(address text) returns text language sql immutable as $$
      select case
        when address ~ '^\\d{1,3}(\\.\\d{1,3}){3}$' then regexp_replace(address, '\\d+$', '0/24')
        when address ~ '^[\\da-f:]+::/64$' then regexp_replace(address, ':[\\da-f]+::/64$', '::/48')
      end
    $$;

    -- What a person did that they should be able to check. No foreign keys: to make and drop parts would lock the other
    -- tables, so whoever erases a person deletes here by user_id.
    create table activities (
      id uuid not null default uuidv7(),
      user_id uuid not null,
      type text not null constraint ck_activities_type check (type in ('login', 'login_failed', 'session_ended',
        'password_changed', 'email_changed', 'phone_changed', 'account_locked')),
      session_id uuid,
      address text constraint ck_activities_address check (char_length(address) <= 64),
      device jsonb not null default '{}' constraint ck_activities_device
        check (jsonb_typeof(device) = 'object' and octet_length(device::text) <= 1024),
      created_at timestamptz not null default now(),
      primary key (id, created_at)
    ) partition by range (created_at);
    -- A person's list, newest first.
    create index idx_activities_user on activities (user_id, id desc);
    -- Those whose address has not been made coarse.
    create index idx_activities_address on activities (created_at) where address !~ '/(24|48)$';

    -- A sign-in never fails for want of its month.
    create table activities_rest partition of activities default;
    alter table activities enable row level security, force row level security;
    alter table activities_rest enable row level security, force row level security;
    create policy own on activities to kith_app
      using (user_id = (select app_user())) with check (user_id = (select app_user()));
    create policy keep on activities for all to current_user using (true);
    create policy keep on activities_rest for all to current_user using (true);
    select keep_months('activities', '13 months');

    create function keep_records() returns void
      language sql security definer set search_path = '' as $$
      select public.keep_months('activities', '13 months');
    $$;
    revoke all on function keep_records() from public;

    create function coarsen_activities() returns bigint
      language sql security definer set search_path = '' as $$
      with due as (
        select id, created_at from public.activities
        where address !~ '/(24|48)$' and created_at < now() - interval '30 days' order by created_at limit 10000
      ), coarsened as (
        update public.activities a set address = public.coarse_address(a.address)
        from due where a.id = due.id and a.created_at = due.created_at returning 1
      )
      select count(*) from coarsened
    $$;
    revoke all on function coarsen_activities() from public;

    grant select, insert on activities to kith_app;
    grant execute on function keep_records(), coarsen_activities() to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function coarsen_activities();
    drop function keep_records();
    drop table activities;
    drop function coarse_address(text);
    drop function keep_months(name, interval, timestamptz);
  `)
}
