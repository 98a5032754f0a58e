import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A code sent to a phone. The code itself is nowhere: it is derived from the id with a key.
    create table code_challenges (
      id uuid primary key default uuidv7(),
      phone_sealed text not null,
      phone_index text not null,
      attempts integer not null default 0 constraint ck_code_challenges_attempts check (attempts <= 5),
      expires_at timestamptz not null,
      used_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create trigger update_code_challenges_updated_at before update on code_challenges
      for each row execute function touch_updated_at();
    -- A new code voids the earlier ones for the same phone.
    create index idx_code_challenges_phone on code_challenges (phone_index, created_at);

    create table sessions (
      id uuid primary key default uuidv7(),
      user_id uuid not null constraint fk_sessions_user references users (id) on delete cascade,
      device_name text not null default '',
      address text,
      refresh_hash bytea not null,
      previous_hash bytea,
      rotated_at timestamptz not null default now(),
      last_used_at timestamptz not null default now(),
      expires_at timestamptz not null,
      revoked_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    -- A person's list of living sessions.
    create index idx_sessions_active on sessions (user_id) where revoked_at is null;
    create trigger update_sessions_updated_at before update on sessions for each row execute function touch_updated_at();
    alter table sessions enable row level security, force row level security;
    create policy own on sessions using (user_id = (select app_user())) with check (user_id = (select app_user()));

    grant select, insert, update on code_challenges, sessions to kith_app;
    grant delete on code_challenges to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('sessions').dropTable('code_challenges')
}
