/** The parts of knex's PostgreSQL dialect that `dialect.ts` and `transaction.ts` build on; knex publishes the classes without types. */
declare module 'knex/lib/dialects/postgres/index.js' {
  import { Knex } from 'knex'
  export default class PgDialect extends Knex.Client {
    query(connection: object, asked: object | string): Promise<unknown>
  }
}

declare module 'knex/lib/dialects/postgres/execution/pg-transaction.js' {
  import type { Client as Connection } from 'pg'
  export default class PgTransaction {
    constructor(client: unknown, container: unknown, config?: object, outer?: unknown)
    readonly readOnly?: boolean
    isCompleted(): boolean
    query(connection: Connection, sql: string): Promise<unknown>
    begin(connection: Connection): Promise<unknown>
    commit(connection: Connection, value: unknown): Promise<unknown>
  }
}
