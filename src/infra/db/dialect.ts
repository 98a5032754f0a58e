import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import PgDialect from 'knex/lib/dialects/postgres/index.js'
import { EndsTogether, type EndsConfig } from './transaction.ts'

/** A statement with more values is one of many lengths, and not worth keeping. */
const VALUES_MAX = 12
/** What PostgreSQL says of a prepared statement whose table has changed. */
const STALE = '0A000'

interface Asked {
  readonly sql: string
  readonly bindings?: readonly unknown[]
  readonly options?: object
}

/** PostgreSQL as our pools speak it: statements are prepared once for each connection, and `transact` has its own ends. */
export class Dialect extends PgDialect {
  override transaction(container: unknown, config: EndsConfig, outer: unknown) {
    return new EndsTogether(this, container, config, outer) as unknown as Knex.Transaction
  }

  override async query(connection: object, asked: Asked | string): Promise<unknown> {
    try {
      return await super.query(connection, prepared(asked))
    } catch (error) {
      // Migrations ran beside us: a new connection prepares anew.
      if ((error as { code?: string }).code === STALE) Object.assign(connection, { __knex__disposed: error })
      throw error
    }
  }
}

function prepared(asked: Asked | string): Asked | string {
  if (typeof asked === 'string' || !asked.bindings?.length || asked.bindings.length > VALUES_MAX) return asked
  return { ...asked, options: { name: createHash('md5').update(asked.sql).digest('base64'), ...asked.options } }
}
