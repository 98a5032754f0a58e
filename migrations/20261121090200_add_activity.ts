import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Whether a person shows that they are here and typing; who does not is not shown it of others either.
    alter table users add column shows_activity boolean not null default true;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table users drop column shows_activity')
}
