import { randomUUID } from 'node:crypto'
import anyTest, { type TestFn } from 'ava'
import knex, { type Knex } from 'knex'
import type { Client } from 'pg'
import { connectDb } from '../../src/infra/db/connect.ts'
import { scopes } from '../../src/infra/db/scope.ts'
import type { UserId } from '../../src/kernel/scope.ts'
import { readConfig } from '../../src/main/config.ts'
import { freshEnvironment } from '../support/world.ts'

const test = anyTest as TestFn<{ db: Knex; owner: Knex; ada: UserId; close: () => Promise<void> }>

test.before(async t => {
  const { env, ownerUrl, drop } = await freshEnvironment()
  const owner = knex({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 1 } })
  const db = connectDb({ url: readConfig(env).database.url, poolSize: 1, name: 'begin' })
  const ada = randomUUID() as UserId
  await owner('users').insert({ id: ada, phone_sealed: '', phone_index: ada })
  const close = async () => {
    await Promise.all([db.destroy(), owner.destroy()])
    await drop()
  }
  t.context = { db, owner, ada, close }
})
test.after.always(t => t.context.close())

const postOf = (authorId: UserId) => ({ authorId, text: 'hello', visibility: 'public' })
const countOf = async (owner: Knex) => (await owner('posts').select('id')).length

test.serial('nothing is written but in a transaction', async t => {
  const { db, owner, ada } = t.context
  await t.throwsAsync(async () => db('posts').insert(postOf(ada)), { message: /read-only transaction/ })
  t.is(await countOf(owner), 0)
  await db.transaction(trx => trx('posts').insert(postOf(ada)))
  t.is(await countOf(owner), 1)
})

test.serial('when a transaction does not begin, what was asked together with its beginning does nothing', async t => {
  const { db, owner, ada } = t.context
  const before = await countOf(owner)
  const publish = () =>
    scopes(db).transact({ person: ada, readOnly: false, request: null, ask: null }, async trx => {
      await trx('posts').insert(postOf(ada))
      return { result: null, closing: { withinMs: null, effects: [], ack: null } }
    })
  const mend = await breakBegin(db)
  await t.throwsAsync(publish(), { message: /division by zero/ })
  mend()
  t.is(await countOf(owner), before)
  await publish() // and the connection, or the next, is as good as new
  t.is(await countOf(owner), before + 1)
})

test.serial('nor does what would be written with its end, where the body only reads', async t => {
  const { db, owner, ada } = t.context
  const request = { userId: ada, clientId: randomUUID(), digest: Buffer.from('') }
  const ack = { ok: true, data: {}, meta: { requestId: randomUUID() } } as const
  const mend = await breakBegin(db)
  const reading = scopes(db).transact({ person: ada, readOnly: false, request, ask: null }, async trx => {
    await trx('posts').select('id')
    return { result: null, closing: { withinMs: null, effects: [], ack } }
  })
  await t.throwsAsync(reading, { message: /division by zero/ })
  mend()
  t.deepEqual(await owner('remembered_acks').select('client_id'), [])
  const { known } = await scopes(db).glance({ person: ada, request, ask: null })
  t.is(known, null)
})

/** Has the one connection fail whenever a transaction is to begin, and stay as it is: as when PostgreSQL gives BEGIN up. */
async function breakBegin(db: Knex): Promise<() => void> {
  const client = db.client as { acquireConnection(): Promise<Client>; releaseConnection(one: Client): Promise<void> }
  const connection = await client.acquireConnection()
  const query = connection.query.bind(connection) as (asked: unknown, ...rest: unknown[]) => unknown
  const broken = (asked: unknown, ...rest: unknown[]) => {
    const text = typeof asked === 'string' ? asked : ((asked as { text?: string }).text ?? '')
    return query(text.startsWith('BEGIN') ? 'select 1/0' : asked, ...rest)
  }
  Object.assign(connection, { query: broken })
  await client.releaseConnection(connection)
  return () => Object.assign(connection, { query })
}
