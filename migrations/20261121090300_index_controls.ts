import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Whoever connects asks for the changes to their rooms that are not yet in the log.
    create index idx_outbox_controls on outbox ((payload::jsonb ->> 'userId')) where kind = 'control';
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index idx_outbox_controls')
}
