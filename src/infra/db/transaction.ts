/**
 * A round trip to PostgreSQL costs more than most statements. So the first statements of a scope travel together with
 * BEGIN and with the first that its body asks, and its last together with COMMIT, each as one message. Should one of
 * the last fail, the COMMIT behind it is a rollback.
 */
import type { Knex } from 'knex'
import PgTransaction from 'knex/lib/dialects/postgres/execution/pg-transaction.js'
import type { Client as Connection, QueryConfig, QueryResult } from 'pg'
import type { Socket } from 'node:net'
import { gather } from '../gather.ts'

export type Statement = QueryConfig<unknown[]>
export type Rows = Pick<QueryResult, 'rows'>
/** To each statement, in their order. */
export type Answers = readonly (Rows | null)[]

/** What travels with the ends of one transaction, and the answers to it. */
interface Ends {
  readonly first: readonly (Statement | null)[]
  began: Promise<Answers>
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

  override begin(connection: Connection): Promise<unknown> {
    const ends = this.#ends
    if (!ends) return this.#open(connection)
    gather(streamOf(connection))
    const begun = this.#open(connection)
    const answers = ask(connection, ends.first)
    ends.began = begun.then(() => answers)
    ends.began.catch((error: unknown) => {
      Object.assign(connection, { __knex__disposed: error }) // it is in the middle of a transaction
    })
    return Promise.resolve() // nobody waits for it: what follows is asked on the same connection
  }

  #open(connection: Connection): Promise<unknown> {
    return this.readOnly ? super.begin(connection) : this.query(connection, 'BEGIN READ WRITE;')
  }

  override commit(connection: Connection, value: unknown): Promise<unknown> {
    const ends = this.#ends
    if (!ends || this.isCompleted()) return super.commit(connection, value) // the connection may be somebody else's by now
    gather(streamOf(connection))
    ends.left = ask(connection, ends.last)
    return super.commit(connection, value)
  }
}

/** Asks several things without waiting in between. They are answered in order, each on its own; null is not asked. */
function ask(connection: Connection, statements: readonly (Statement | null)[]): Promise<Answers> {
  return handled(
    Promise.all(statements.map(statement => (statement ? connection.query(statement) : Promise.resolve(null)))),
  )
}

/** Asks these statements in a snapshot of their own, as one message. */
export async function glance(db: Knex, statements: readonly (Statement | null)[]): Promise<Answers> {
  const pool = db.client as Pool
  const connection = await pool.acquireConnection()
  try {
    gather(streamOf(connection))
    const [, ...answers] = await ask(connection, [BEGIN_SNAPSHOT, ...statements, COMMIT])
    return answers
  } catch (error) {
    Object.assign(connection, { __knex__disposed: error }) // what it has prepared may be stale
    throw error
  } finally {
    await pool.releaseConnection(connection)
  }
}

/** What knex publishes no types of. */
interface Pool {
  acquireConnection(): Promise<Connection>
  releaseConnection(connection: Connection): Promise<void>
}
const BEGIN_SNAPSHOT: Statement = { text: 'begin isolation level repeatable read read only' }
const COMMIT: Statement = { text: 'commit' }

/** Whoever waits for it hears when it fails; it may be that nobody does. */
export function handled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

const streamOf = (connection: Connection) =>
  (connection as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream

/**
 * Runs `body` in a transaction that begins with `first`, whose answers it may wait for, and ends with the statements
 * that it answers as `last`.
 */
export async function transact<T>(
  db: Knex,
  { readOnly, first }: { readonly readOnly: boolean; readonly first: readonly (Statement | null)[] },
  body: (trx: Knex, answers: Promise<Answers>) => Promise<{ result: T; last: readonly Statement[] }>,
): Promise<T> {
  const ends: Ends = { first, began: Promise.resolve([]), last: [], left: Promise.resolve() }
  const mode: Knex.TransactionConfig = readOnly ? { isolationLevel: 'repeatable read', readOnly } : {}
  const result = await db.transaction(
    async trx => {
      const { result, last } = await body(trx, ends.began).catch(async (error: unknown) => {
        await ends.began // why it did not begin tells more
        throw error
      })
      ends.last = last
      return result
    },
    { ...mode, ends } as Knex.TransactionConfig,
  )
  await Promise.all([ends.began, ends.left])
  return result
}
