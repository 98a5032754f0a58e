import { setImmediate } from 'node:timers/promises'
import type { Knex } from 'knex'

/** Holds a lock while `body` runs. */
export async function holding<T>(db: Knex, lock: string, body: () => Promise<T>): Promise<T> {
  const trx = await db.transaction()
  try {
    await trx.raw(lock)
    return await body()
  } finally {
    await trx.commit()
  }
}

/** Resolves once somebody waits for a lock with a statement that reads like this. */
export async function waits(db: Knex, statement: string): Promise<void> {
  const waiting = () =>
    db('pg_stat_activity')
      .whereRaw('datname = current_database()')
      .where({ wait_event_type: 'Lock' })
      .whereLike('query', statement)
      .first('pid')
  while (!(await waiting())) await setImmediate()
}
