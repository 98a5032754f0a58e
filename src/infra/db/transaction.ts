/**
 * A round trip to PostgreSQL costs more than most statements. So the first statements of a scope travel together with
 * BEGIN, and its last together with COMMIT, each as one message. Should one of the last fail, the COMMIT behind it is
 * a rollback.
 */
import type { Knex } from 'knex'
import PgTransaction from 'knex/lib/dialects/postgres/execution/pg-transaction.js'
import type { Client as Connection, QueryConfig, QueryResult } from 'pg'

export type Statement = QueryConfig<unknown[]>
export type Rows = Pick<QueryResult, 'rows'>

/** What travels with the ends of one transaction, and the answers to it. */
interface Ends {
  readonly first: readonly (Statement | null)[]
  began: readonly (Rows | null)[]
  last: readonly Statement[]
  left: Promise<unknown>
}

export interface EndsConfig {
  readonly ends?: Ends
}

/** A transaction of knex that does so when it is begun by `transact`. */
export class EndsTogether extends PgTransaction {
  readonly #ends: Ends | undefined

  constructor(client: unknown, container: unknown, config: EndsConfig = {}, outer?: unknown) {
    super(client, container, config, outer)
    this.#ends = config.ends
  }

  override async begin(connection: Connection): Promise<unknown> {
    const ends = this.#ends
    if (!ends) return super.begin(connection)
    const [begun, answers] = asOne(connection, () => [super.begin(connection), ask(connection, ends.first)])
    try {
      await begun
      return (ends.began = await answers)
    } catch (error) {
      Object.assign(connection, { __knex__disposed: error }) // it is in the middle of a transaction
      throw error
    }
  }

  override commit(connection: Connection, value: unknown): Promise<unknown> {
    const ends = this.#ends
    if (!ends) return super.commit(connection, value)
    return asOne(connection, () => {
      ends.left = ask(connection, ends.last)
      return super.commit(connection, value)
    })
  }
}

/** Asks several things without waiting in between. They are answered in order, each on its own; null is not asked. */
function ask(connection: Connection, statements: readonly (Statement | null)[]): Promise<(Rows | null)[]> {
  const answers = Promise.all(
    statements.map(statement => (statement ? connection.query(statement) : Promise.resolve(null))),
  )
  answers.catch(() => undefined) // whoever waits for it hears of it
  return answers
}

/** Sends all that `work` asks of a connection as one message. */
function asOne<T>(connection: Connection, work: () => T): T {
  const { stream } = (connection as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection
  stream.cork()
  try {
    return work()
  } finally {
    stream.uncork()
  }
}

/**
 * Runs `body` in a transaction that begins with `first`, whose answers it is given, and ends with the statements
 * that it answers as `last`.
 */
export async function transact<T>(
  db: Knex,
  { readOnly, first }: { readonly readOnly: boolean; readonly first: readonly (Statement | null)[] },
  body: (trx: Knex, answers: readonly (Rows | null)[]) => Promise<{ result: T; last: readonly Statement[] }>,
): Promise<T> {
  const ends: Ends = { first, began: [], last: [], left: Promise.resolve() }
  const mode: Knex.TransactionConfig = readOnly ? { isolationLevel: 'repeatable read', readOnly } : {}
  const result = await db.transaction(
    async trx => {
      const { result, last } = await body(trx, ends.began)
      ends.last = last
      return result
    },
    { ...mode, ends } as Knex.TransactionConfig,
  )
  await ends.left
  return result
}
