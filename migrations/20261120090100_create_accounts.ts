import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table users (
      id uuid primary key default uuidv7(),
      status text not null default 'active'
        constraint ck_users_status check (status in ('pending', 'active', 'suspended', 'deactivated', 'deleted')),
      -- Encrypted; found by the blind index beside it.
      phone_sealed text not null,
      phone_index text not null constraint uq_users_phone unique,
      login_count integer not null default 0,
      last_login_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create trigger update_users_updated_at before update on users for each row execute function touch_updated_at();
    grant select, insert, update on users to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('users')
}
