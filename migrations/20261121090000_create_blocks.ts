import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row for each direction: two people may have blocked each other.
    create table blocks (
      blocker_id uuid not null constraint fk_blocks_blocker references users (id) on delete cascade,
      blocked_id uuid not null constraint fk_blocks_blocked references users (id) on delete cascade,
      created_at timestamptz not null default now(),
      primary key (blocker_id, blocked_id),
      constraint ck_blocks_not_self check (blocker_id <> blocked_id)
    );
    -- The primary key finds whom one has blocked, also in pages; this one by whom one is blocked.
    create index idx_blocks_blocked on blocks (blocked_id, blocker_id);

    -- Both are hidden from each other, so both transactions see the row; only who blocks makes and ends it.
    alter table blocks enable row level security, force row level security;
    create policy concerned on blocks for select using ((select app_user()) in (blocker_id, blocked_id));
    create policy make on blocks for insert with check (blocker_id = (select app_user()));
    create policy lift on blocks for delete using (blocker_id = (select app_user()));
    grant select, insert, delete on blocks to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('blocks')
}
