import type { Knex } from 'knex'
import { rewritten, type Rewrite } from './rewrite.ts'

/** Rewrites functions of the database, named in place of a file, and puts them back as they were. */
export async function rewriteFunctions(db: Knex, rewrites: readonly Rewrite[]): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack()
  for (const rewrite of rewrites) {
    const found = await db('pg_proc').where({ proname: rewrite.file }).first(db.raw('pg_get_functiondef(oid) as text'))
    const { text } = found as { text: string }
    await db.raw(rewritten(text, rewrite).replaceAll('?', '\\?'))
    stack.defer(() => db.raw(text.replaceAll('?', '\\?')).then(() => undefined))
  }
  return stack
}
