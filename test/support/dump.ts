import type { Knex } from 'knex'

/** Every row of every table as text, by the name of the table; partitions go by the name of what they are part of. */
export async function dump(db: Knex): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const tables = await db('pg_tables').where({ schemaname: 'public' }).pluck<string[]>('tablename')
  for (const table of tables) {
    const rows = await db(table).select<{ row: string }[]>(db.raw('to_jsonb(??.*)::text as row', [table]))
    const name = table.replace(/_(\d{6,8}|rest)$/, '')
    found.set(name, [found.get(name) ?? '', ...rows.map(({ row }) => row)].join('\n'))
  }
  return found
}
