import type { Knex } from 'knex'

const attach = (...columns: string[]) => `
    drop trigger audit on authentication;
    create trigger audit after insert or update or delete on authentication
      for each row execute function audit(${columns.map(column => `'${column}'`).join(', ')});`

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- When this came to be what proves the person: another password or subject leaves a line by it, which tells of neither.
    alter table authentication add column chosen_at timestamptz not null default now();
    update authentication set chosen_at = created_at;
    ${attach('user_id', 'method', 'provider', 'chosen_at')}`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${attach('user_id', 'method', 'provider')}
    alter table authentication drop column chosen_at`)
}
