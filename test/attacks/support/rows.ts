import type { World } from '../../support/world.ts'

/** How many rows every table has, once what was written has moved on into the log. */
export async function countRows({ db }: World): Promise<Record<string, number>> {
  while ((await db('outbox').limit(1)).length > 0);
  const tables = await db('pg_tables').where({ schemaname: 'public' }).orderBy('tablename').pluck('tablename')
  const counts = tables.map(async table => [table as string, Number((await db(table).count())[0]?.count)] as const)
  return Object.fromEntries(await Promise.all(counts))
}
