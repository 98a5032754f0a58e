import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What was sent to a phone or a mailbox: whoever can answer has it. Neither code nor link is stored; both are
    -- derived from the id with a key.
    alter table code_challenges rename to challenges;
    alter table challenges rename column phone_sealed to address_sealed;
    alter table challenges rename column phone_index to address_index;
    alter table challenges rename constraint ck_code_challenges_attempts to ck_challenges_attempts;
    alter table challenges rename constraint code_challenges_pkey to challenges_pkey;
    alter index idx_code_challenges_phone rename to idx_challenges_address;
    alter trigger update_code_challenges_updated_at on challenges rename to update_challenges_updated_at;
    alter table challenges
      add column channel text not null default 'phone'
        constraint ck_challenges_channel check (channel in ('phone', 'email')),
      add column purpose text not null default 'sign_in'
        constraint ck_challenges_purpose check (purpose in ('sign_in', 'change', 'reset')),
      -- Whose it is, where that is known when it is sent.
      add column user_id uuid constraint fk_challenges_user references users (id) on delete cascade;
    alter table challenges alter column channel drop default, alter column purpose drop default;
    create index idx_challenges_user on challenges (user_id) where user_id is not null;

    -- Guesses at the password of one login since one was right, whether or not there is such an account.
    create table password_guesses (
      login_index text primary key,
      failures integer not null default 0,
      tried_at timestamptz not null default now()
    );
    -- Swept once an hour.
    create index idx_password_guesses_tried on password_guesses (tried_at);
    grant select, insert, update, delete on password_guesses to kith_app;

    alter table sessions
      -- What the device says of itself; its name is the person's to choose.
      add column device jsonb not null default '{}'
        constraint ck_sessions_device check (jsonb_typeof(device) = 'object' and octet_length(device::text) <= 1024),
      -- When the person last proved who they are.
      add column authenticated_at timestamptz not null default 'epoch';
    -- Not of the sessions that are there: that they were proven lately is not known.
    alter table sessions alter column authenticated_at set default now();
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sessions drop column device, drop column authenticated_at;
    drop table password_guesses;

    delete from challenges where channel <> 'phone' or purpose <> 'sign_in';
    alter table challenges drop column channel, drop column purpose, drop column user_id;
    alter trigger update_challenges_updated_at on challenges rename to update_code_challenges_updated_at;
    alter index idx_challenges_address rename to idx_code_challenges_phone;
    alter table challenges rename constraint challenges_pkey to code_challenges_pkey;
    alter table challenges rename constraint ck_challenges_attempts to ck_code_challenges_attempts;
    alter table challenges rename column address_index to phone_index;
    alter table challenges rename column address_sealed to phone_sealed;
    alter table challenges rename to code_challenges;
  `)
}
