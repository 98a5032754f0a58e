import type { Knex } from 'knex'
import type { EntryRow } from './entry.ts'

/** An entry that a consumer could make nothing of and went past. */
export interface Parked {
  readonly consumer: string
  readonly pos: number
  readonly name: string
  readonly error: string
  readonly tries: number
  readonly parkedAt: Date
  /** When somebody asked for another try. */
  readonly askedAt: Date | null
}

const ERROR_MAX = 500

/** Parks an entry, or tells of one that is parked why another try failed. */
export async function park(db: Knex, consumer: string, { pos, name }: EntryRow, why: unknown, tries: number) {
  const error = (why instanceof Error ? why.message : String(why)).slice(0, ERROR_MAX)
  await db('parkedEntries')
    .insert({ consumer, pos, name, error, tries })
    .onConflict(['consumer', 'pos'])
    .merge({ error, tries: db.raw('parked_entries.tries + excluded.tries'), askedAt: null })
}

/** Forgets those of these entries that were parked. */
export const unpark = (db: Knex, consumer: string, positions: readonly number[]) =>
  db('parkedEntries').where({ consumer }).whereIn('pos', positions).delete()

export const listParked = (db: Knex): Promise<Parked[]> =>
  db<Parked>('parkedEntries').select().orderBy(['pos', 'consumer'])

/** Asks for another try of the entry at one position, or of all; answers how many there are. */
export const askAgain = (db: Knex, pos: number | 'all'): Promise<number> =>
  db.transaction(trx =>
    trx('parkedEntries')
      .where(pos === 'all' ? {} : { pos })
      .update({ askedAt: trx.fn.now() }),
  )
