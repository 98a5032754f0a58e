import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table profiles (
      user_id uuid primary key constraint fk_profiles_user references users (id) on delete cascade,
      username text constraint uq_profiles_username unique
        constraint ck_profiles_username check (username ~ '^[a-z0-9][a-z0-9._]{1,28}[a-z0-9]$'),
      display_name text not null default '' constraint ck_profiles_display_name check (char_length(display_name) <= 50),
      bio text not null default '' constraint ck_profiles_bio check (char_length(bio) <= 500),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create trigger update_profiles_updated_at before update on profiles for each row execute function touch_updated_at();
    grant select, insert, update on profiles to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('profiles')
}
