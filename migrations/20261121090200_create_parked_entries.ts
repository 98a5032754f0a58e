import type { Knex } from 'knex'

const keepEventLog = (condition: string) => `
    create or replace function keep_event_log(retention interval) returns void
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
        continue when exists (select from public.log_consumers where pos < newest);${condition}
        execute format('drop table %s', part.name);
      end loop;
    end $$;`

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Entries that a consumer could make nothing of and went past.
    create table parked_entries (
      consumer text not null,
      pos bigint not null,
      name text not null,
      error text not null,
      tries integer not null,
      parked_at timestamptz not null default now(),
      -- Somebody wants them tried again.
      asked_at timestamptz,
      primary key (consumer, pos)
    );
    grant select, insert, update, delete on parked_entries to kith_app;

    -- The day of a parked entry stays, and with it all days since: the log has no holes.
    ${keepEventLog(`
        continue when exists (select from public.parked_entries where pos <= newest);`)}
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${keepEventLog('')}
    drop table parked_entries;
  `)
}
