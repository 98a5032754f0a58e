import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table outbox
      add column subjects text[] not null default '{}',
      add column erases text,
      -- How old the oldest row is tells how far behind the relay is.
      add column at timestamptz not null default now();
    alter table event_log add column subjects text[] not null default '{}';
    -- Sequencing asks for all that tells of what is erased. Entries come in while nobody may wait: no list to catch up.
    create index idx_event_log_subjects on event_log using gin (subjects) with (fastupdate = off)
      where subjects <> '{}';

    -- Moves the oldest rows of the outbox into the log, gives each the next position, and answers the new entries.
    -- What an entry erases is blanked in all that tell of it and came before. The positions of those that were in the
    -- log already are told by one more entry, at the front, so that whoever keeps copies blanks them before anything
    -- later is heard.
    -- A relay keeps the plans it made while the tables were small, hence by index always.
    create function sequence_outbox(batch integer) returns setof event_log
      language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
    declare
      head bigint;
      taken bigint[];
      erased text[]; -- by each of those taken, in the same order; null by most
      front bigint; -- the first of those taken comes just after it
    begin
      if not exists (select from public.outbox) then return; end if;
      -- Relays take turns from here on. Each statement below sees what the turn before has committed.
      select pos into head from public.log_head for update;

      select array_agg(id order by id), array_agg(erases order by id) into taken, erased
      from (select id, erases from public.outbox order by id limit batch) as oldest;
      if taken is null then return; end if;
      front := head + case when array_remove(erased, null) = '{}' then 0 else 1 end;

      with moved as (delete from public.outbox where id = any (taken) returning *)
      insert into public.event_log (pos, kind, name, payload, rooms, excluded, subjects)
      select front + row_number() over (order by id), kind, name, payload, rooms, excluded, subjects from moved;

      if front > head then
        with erasing as (
          select id, front + n as pos from unnest(erased) with ordinality as each (id, n) where id is not null
        ), blanked as (
          update public.event_log as told
          set kind = 'redacted', payload = '{}', rooms = '{}', excluded = '{}', subjects = '{}'
          where subjects <> '{}' and subjects && array_remove(erased, null)
            and exists (select from erasing where erasing.id = any (told.subjects) and erasing.pos > told.pos)
          returning pos
        )
        insert into public.event_log (pos, kind, name, payload, rooms, excluded)
        select front, 'redaction', 'log:redacted', coalesce(json_agg(pos order by pos), '[]')::text, '{}', '{}'
        from blanked where pos <= head;
      end if;

      update public.log_head set pos = front + cardinality(taken);
      return query select * from public.event_log where pos > head order by pos;
    end $$;
    revoke all on function sequence_outbox(integer) from public;
    grant execute on function sequence_outbox(integer) to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function sequence_outbox(integer);
    drop index idx_event_log_subjects;
    alter table event_log drop column subjects;
    alter table outbox drop column subjects, drop column erases, drop column at;
  `)
}
