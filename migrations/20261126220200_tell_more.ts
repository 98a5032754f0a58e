import type { Knex } from 'knex'

const TYPES = [
  'login',
  'login_failed',
  'session_ended',
  'password_changed',
  'email_changed',
  'phone_changed',
  'account_locked',
]
const MORE = ['change_pending', 'change_cancelled', 'provider_linked', 'provider_unlinked', 'account_deactivated']

const allow = (types: readonly string[]) => `
    alter table activities drop constraint ck_activities_type,
      add constraint ck_activities_type check (type in (${types.map(type => `'${type}'`).join(', ')}));`

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ${allow([...TYPES, ...MORE])}

    -- What lets somebody in is told of like what decides over it.
    create trigger audit after insert or update or delete on authentication
      for each row execute function audit('user_id', 'method', 'provider');
    create trigger audit after insert or update or delete on contact_changes
      for each row execute function audit('user_id', 'kind', 'due_at');

    -- When its owner left a deactivated account; who restores it after a suspension leaves it so.
    alter table users add column left_at timestamptz;
    update users set left_at = updated_at where status = 'deactivated'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users drop column left_at;
    drop trigger audit on contact_changes;
    drop trigger audit on authentication;
    delete from activities where type not in (${TYPES.map(type => `'${type}'`).join(', ')});
    ${allow(TYPES)}`)
}
