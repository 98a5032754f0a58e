import type { Knex } from 'knex'
import { rewritten, type Rewrite } from './rewrite.ts'

/** Rewrites functions of the database, named in place of a file; answers how to put them back as they were. */
export async function rewriteFunctions(db: Knex, rewrites: readonly Rewrite[]): Promise<() => Promise<void>> {
  const before = new Map<string, string>()
  const write = async (texts: Iterable<string>) => {
    for (const text of texts) await db.raw(text.replaceAll('?', '\\?'))
  }
  const after = new Map<string, string>()
  for (const rewrite of rewrites) {
    const { file } = rewrite
    if (!before.has(file)) before.set(file, await textOf(db, file))
    after.set(file, rewritten(after.get(file) ?? before.get(file) ?? '', rewrite))
  }
  await write(after.values())
  return () => write(before.values())
}

async function textOf(db: Knex, name: string): Promise<string> {
  const { rows } = await db.raw<{ rows: { text: string }[] }>(
    'select pg_get_functiondef(oid) as text from pg_proc where proname = ?',
    [name],
  )
  return rows[0]?.text ?? ''
}
