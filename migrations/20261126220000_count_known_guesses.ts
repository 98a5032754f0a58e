import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Wrong guesses by who has shown more than a guess: a code, a session, a device that is known. Strangers’ are counted
    -- apart, in \`failures\`, so that they can shut out nobody but strangers.
    alter table authentication add column known_failures integer not null default 0
      constraint ck_authentication_known_failures check (known_failures between 0 and 100)`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table authentication drop column known_failures')
}
