import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row for two people, whoever asked.
    create table friendships (
      user_a uuid not null constraint fk_friendships_user_a references users (id) on delete cascade,
      user_b uuid not null constraint fk_friendships_user_b references users (id) on delete cascade,
      requested_by uuid not null constraint ck_friendships_requested_by check (requested_by in (user_a, user_b)),
      status text not null default 'pending' constraint ck_friendships_status check (status in ('pending', 'accepted')),
      accepted_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (user_a, user_b),
      constraint ck_friendships_order check (user_a < user_b)
    );
    -- The primary key finds the friends of user_a; this one those of user_b.
    create index idx_friendships_user_b on friendships (user_b, user_a);
    create trigger update_friendships_updated_at before update on friendships
      for each row execute function touch_updated_at();
    grant select, insert, update, delete on friendships to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('friendships')
}
