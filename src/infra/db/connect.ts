import knex, { type Knex } from 'knex'
import { knexSnakeCaseMappers } from 'objection'
import pg from 'pg'
import type { Logger } from '../../kernel/app.ts'

// Counters and log positions stay far below 2^53, so 64-bit integers are read as numbers.
const INT8: number = pg.types.builtins.INT8
const types = {
  getTypeParser: (oid: number, format: string): ((value: string) => unknown) =>
    oid === INT8 ? Number : (pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown),
}

export interface DbOptions {
  readonly url: string
  readonly poolSize: number
  /** Shown in pg_stat_activity. */
  readonly name: string
  readonly logger?: Logger
}

/** Opens a pool. Names are camelCase in code and snake_case in the database; every statement has 5 s. */
export const connectDb = ({ url, poolSize, name, logger }: DbOptions): Knex =>
  knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: name,
      statement_timeout: 5000,
      options: '-c lock_timeout=2000',
      idle_in_transaction_session_timeout: 10_000,
      connectionTimeoutMillis: 3000,
      keepAlive: true,
      types,
    },
    pool: { min: 0, max: poolSize, acquireTimeoutMillis: 4000 },
    log: quietly(logger),
    ...knexSnakeCaseMappers(),
  })

/** knex would print lost connections to the console; whoever asked is told by the error as well. */
const quietly = (logger?: Logger) => {
  const say = (message: unknown) => logger?.info({ knex: String(message).split('\n')[0] }, 'database')
  return { warn: say, error: say, deprecate: say, debug: () => undefined }
}

/** Shows a person's private rows inside this transaction, and tells where its snapshot stands in the log. */
export async function enter(db: Knex, person: string | null): Promise<string> {
  const { rows } = await db.raw<{ rows: [{ cursor: string }] }>(
    `select set_config('app.user_id', ?, true), epoch || ':' || pos as cursor from log_head`,
    [person ?? ''],
  )
  return rows[0].cursor
}
