import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import pg from 'pg'
import { connectDb } from '../../src/infra/db/connect.ts'
import { release } from '../../src/infra/db/release.ts'
import { appUrl, createDatabase, databaseUrl, dropDatabase } from '../../src/local/database.ts'

export interface OwnedDatabase extends AsyncDisposable {
  readonly ownerUrl: string
  readonly appUrl: string
  /** As the owner, who is no superuser. */
  readonly owner: Knex
  /** As the server, with one pooled connection. */
  readonly app: Knex
}

const serverUrl = () => {
  const url = process.env.DATABASE_OWNER_URL
  if (!url) throw new Error('Run tests with: npm test -- <file>')
  return url
}

/** An empty database that no migration has seen. */
export async function emptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `kith_${randomBytes(6).toString('hex')}`
  return { url: await createDatabase(serverUrl(), name), drop: () => dropDatabase(serverUrl(), name) }
}

async function onServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: serverUrl() })
  await server.connect()
  try {
    return await work(server)
  } finally {
    await server.end()
  }
}

/** One at a time: the role kith_app belongs to the whole server, and PostgreSQL refuses two who change it at once. */
const inTurn = <T>(work: (server: pg.Client) => Promise<T>): Promise<T> =>
  onServer(async server => {
    await server.query(`select pg_advisory_lock(hashtext('the role kith_app'))`) // until the connection ends
    return work(server)
  })

export const releaseInTurn = (ownerUrl: string, appUrl: string): Promise<void> =>
  inTurn(() => release(ownerUrl, appUrl))

/**
 * A released database as it is in production: its owner is no superuser, so that forced row-level security holds for
 * the owner too, and functions that act for the owner depend on the policies made for them.
 */
export async function ownedDatabase(): Promise<OwnedDatabase> {
  const name = `kith_${randomBytes(6).toString('hex')}`
  const url = new URL(databaseUrl(serverUrl(), name))
  url.username = name
  url.password = name
  const urls = { ownerUrl: url.href, appUrl: appUrl(url.href, process.env.KITH_TEST_DATABASE_PASSWORD ?? '') }
  await inTurn(async server => {
    await server.query(`create role ${name} login createrole password '${name}'`)
    await server.query(`grant kith_app to ${name} with admin option`)
    await server.query(`create database ${name} owner ${name}`)
    await release(urls.ownerUrl, urls.appUrl)
  })
  const connect = (url: string) => connectDb({ url, poolSize: 1, name: 'kith-test' })
  const [owner, app] = [connect(urls.ownerUrl), connect(urls.appUrl)]
  return {
    ...urls,
    owner,
    app,
    async [Symbol.asyncDispose]() {
      await owner.destroy()
      await app.destroy()
      await inTurn(async server => {
        await server.query(`drop database ${name} with (force)`)
        await server.query(`drop owned by ${name}; drop role ${name}`)
      })
    },
  }
}

export async function rowsOf<T = { name: string }>(db: Knex, sql: string): Promise<T[]> {
  const { rows } = await db.raw<{ rows: T[] }>(sql)
  return rows
}

/** The error PostgreSQL answers with, or null when it does as it was told. */
export const refusalOf = (work: PromiseLike<unknown>): Promise<string | null> =>
  Promise.resolve(work).then(
    () => null,
    (error: { code?: string }) => error.code ?? 'unknown',
  )
export const DENIED = '42501'

/** The tables that show a person only rows of their own. */
export const privateTables = (db: Knex) =>
  rowsOf(
    db,
    `select relname as name from pg_class c
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relrowsecurity and relforcerowsecurity
       and exists (select from pg_policy where polrelid = c.oid and polroles && array[0::oid, 'kith_app'::regrole])`,
  ).then(tables => tables.map(({ name }) => name).toSorted())
