import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users
      alter column phone_sealed drop not null,
      alter column phone_index drop not null,
      add column email_sealed text,
      add column email_index text constraint uq_users_email unique,
      add column phone_verified_at timestamptz,
      add column email_verified_at timestamptz,
      add column role text not null default 'user'
        constraint ck_users_role check (role in ('user', 'creator', 'moderator', 'admin')),
      add column account_type text not null default 'personal'
        constraint ck_users_account_type check (account_type in ('personal', 'creator', 'business')),
      -- An access token of an earlier epoch is good for nothing, whatever session it names.
      add column token_epoch integer not null default 0,
      add column deleted_at timestamptz,
      add constraint ck_users_phone check ((phone_sealed is null) = (phone_index is null)),
      add constraint ck_users_email check ((email_sealed is null) = (email_index is null)),
      add constraint ck_users_reachable
        check (phone_index is not null or email_index is not null or status = 'deleted');
    -- The one key there was until now is the first of a ring.
    update users set phone_verified_at = created_at, phone_index = 'i1.' || phone_index;

    -- A new phone or e-mail address, proven, that takes the place of the one before once it is due.
    create table contact_changes (
      user_id uuid not null constraint fk_contact_changes_user references users (id) on delete cascade,
      kind text not null constraint ck_contact_changes_kind check (kind in ('phone', 'email')),
      sealed text not null,
      due_at timestamptz not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (user_id, kind)
    );
    create index idx_contact_changes_due on contact_changes (due_at);
    create trigger update_contact_changes_updated_at before update on contact_changes
      for each row execute function touch_updated_at();

    -- How a person proves who they are, beside a phone and a mailbox: one row for each method and provider.
    create table authentication (
      id uuid primary key default uuidv7(),
      user_id uuid not null constraint fk_authentication_user references users (id) on delete cascade,
      method text not null,
      password_hash text,
      -- Wrong guesses since the password was last right; from a hundred on it is right no more.
      failures integer not null default 0 constraint ck_authentication_failures check (failures between 0 and 100),
      provider text,
      subject_sealed text,
      subject_index text constraint uq_authentication_subject unique,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      constraint ck_authentication_method check (case method
        when 'password' then password_hash is not null and num_nonnulls(provider, subject_sealed, subject_index) = 0
        when 'social' then password_hash is null and num_nulls(provider, subject_sealed, subject_index) = 0
        else false end),
      constraint uq_authentication_provider unique (user_id, provider)
    );
    create unique index uq_authentication_password on authentication (user_id) where method = 'password';
    create trigger update_authentication_updated_at before update on authentication
      for each row execute function touch_updated_at();
    alter table authentication enable row level security, force row level security;
    create policy own on authentication
      using (user_id = (select app_user())) with check (user_id = (select app_user()));

    -- Whoever comes by a provider is not known yet: this alone is told of the row.
    create function person_of_subject(indexes text[]) returns uuid
      language sql stable security definer set search_path = '' as $$
        select user_id from public.authentication where subject_index = any (indexes) limit 1 $$;
    revoke all on function person_of_subject(text[]) from public;
    create policy find on authentication for select to current_user using (true);

    grant select, insert, update, delete on contact_changes, authentication to kith_app;
    grant execute on function person_of_subject(text[]) to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function person_of_subject(text[]);
    drop table authentication, contact_changes;
    -- Who has no phone cannot be an account of before.
    delete from users where phone_index is null;
    update users set phone_index = split_part(phone_index, '.', -1);
    alter table users
      drop constraint ck_users_phone, drop constraint ck_users_email,
      drop constraint ck_users_reachable,
      alter column phone_sealed set not null,
      alter column phone_index set not null,
      drop column email_sealed, drop column email_index, drop column phone_verified_at, drop column email_verified_at,
      drop column role, drop column account_type, drop column token_epoch, drop column deleted_at;
  `)
}
