import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table profiles
      -- How many people opened it, each once a day.
      add column view_count bigint not null default 0 constraint ck_profiles_view_count check (view_count >= 0);

    -- Who has been counted today. Nobody is shown who opened their profile, and after two days nothing tells.
    create table profile_views (
      viewer_id uuid not null constraint fk_profile_views_viewer references users (id) on delete cascade,
      viewed_id uuid not null constraint fk_profile_views_viewed references users (id) on delete cascade,
      day date not null,
      created_at timestamptz not null default now(),
      primary key (viewer_id, viewed_id, day)
    );
    -- Those that are gone with the person who was viewed.
    create index idx_profile_views_viewed on profile_views (viewed_id);
    -- Those that have been counted.
    create index idx_profile_views_day on profile_views (day);
    alter table profile_views enable row level security, force row level security;
    create policy own on profile_views to kith_app
      using (viewer_id = (select app_user())) with check (viewer_id = (select app_user()));
    create policy keep on profile_views for all to current_user using (true);

    create function sweep_profile_views() returns void
      language sql security definer set search_path = '' as $$
      delete from public.profile_views where day < (now() at time zone 'utc')::date - 1;
    $$;
    revoke all on function sweep_profile_views() from public;

    grant select, insert on profile_views to kith_app;
    grant execute on function sweep_profile_views() to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function sweep_profile_views();
    drop table profile_views;
    alter table profiles drop column view_count;
  `)
}
