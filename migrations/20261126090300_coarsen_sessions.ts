import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Those whose address has not been made coarse.
    create index idx_sessions_address on sessions (created_at) where address !~ '/(24|48)$';
    create policy coarsen on sessions for all to current_user using (true);

    create function coarsen_sessions() returns bigint
      language sql security definer set search_path = '' as $$
      with due as (
        select id from public.sessions
        where address !~ '/(24|48)$' and created_at < now() - interval '30 days' order by created_at limit 10000
      ), coarsened as (
        update public.sessions s set address = public.coarse_address(s.address) from due where s.id = due.id returning 1
      )
      select count(*) from coarsened
    $$;
    revoke all on function coarsen_sessions() from public;
    grant execute on function coarsen_sessions() to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function coarsen_sessions();
    drop policy coarsen on sessions;
    drop index idx_sessions_address;
  `)
}
