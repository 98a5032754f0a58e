import knex, { type Knex } from 'knex'
import { knexSnakeCaseMappers } from 'objection'
import pg from 'pg'
import type { Logger } from '../../kernel/app.ts'
import { Dialect } from './dialect.ts'

// Counters and log positions stay far below 2^53, so 64-bit integers are read as numbers.
const INT8: number = pg.types.builtins.INT8
// A date is a day wherever one is: it stays text, YYYY-MM-DD.
const DATE: number = pg.types.builtins.DATE
const types = {
  getTypeParser(oid: number, format: string): (value: string) => unknown {
    if (oid === INT8) return Number
    if (oid === DATE) return String
    return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown
  },
}

/** Statements may be sent before the one before is answered; knex does not know of this option of pg. */
const PIPELINED = { pipeline: true }

/** Nobody waits long for a lock; and neither a notice nor the log of the server repeats what a statement was given. */
const SETTINGS = {
  lock_timeout: '2000',
  default_transaction_read_only: 'on',
  client_min_messages: 'error',
  log_parameter_max_length_on_error: '0',
}

export interface DbOptions {
  readonly url: string
  readonly poolSize: number
  /** Shown in pg_stat_activity. */
  readonly name: string
  readonly logger?: Logger
}

/**
 * Opens a pool. Names are camelCase in code and snake_case in the database; every statement has 5 s. Nothing is written but
 * in a transaction: what follows a BEGIN that failed does no harm.
 */
export const connectDb = ({ url, poolSize, name, logger }: DbOptions): Knex =>
  knex({
    client: Dialect,
    connection: {
      connectionString: url,
      application_name: name,
      statement_timeout: 5000,
      options: Object.entries(SETTINGS)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
      idle_in_transaction_session_timeout: 10_000,
      connectionTimeoutMillis: 3000,
      keepAlive: true,
      ...PIPELINED,
      types,
    },
    pool: { min: 0, max: poolSize, acquireTimeoutMillis: 4000 },
    compileSqlOnError: false, // an error names the statement, not what people wrote
    log: quietly(logger),
    ...knexSnakeCaseMappers(),
  })

/** knex would print lost connections to the console; whoever asked is told by the error as well. */
const quietly = (logger?: Logger) => {
  const say = (message: unknown) => logger?.info({ knex: String(message).split('\n')[0] }, 'database')
  return { warn: say, error: say, deprecate: say, debug: () => undefined }
}
