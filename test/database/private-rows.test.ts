/** Private rows, as the role the server runs as meets them. */
import { randomBytes, randomUUID } from 'node:crypto'
import anyTest, { type TestFn } from 'ava'
import type { Knex } from 'knex'
import { enter } from '../../src/infra/db/scope.ts'
import { DENIED, ownedDatabase, privateTables, refusalOf, rowsOf, type OwnedDatabase } from '../support/database.ts'

/** A row of each private table that belongs to `person`. */
const SAMPLES: Readonly<Record<string, (person: string, session: string) => Record<string, unknown>>> = {
  sessions: (person, session) => ({
    id: session,
    userId: person,
    refreshHash: randomBytes(32),
    expiresAt: new Date(Date.now() + 60_000),
  }),
  notifications: person => ({ userId: person, type: 'friend_request', actorId: person, subjectId: person }),
  devices: (person, session) => ({
    tokenHash: randomBytes(32),
    token: 'x',
    userId: person,
    sessionId: session,
    platform: 'web',
  }),
  remembered_acks: person => ({ userId: person, clientId: randomUUID(), digest: randomBytes(32), ack: '{}' }),
}

interface Context extends OwnedDatabase {
  readonly ada: string
  readonly bob: string
}
const test = anyTest as TestFn<Context>

test.before(async t => {
  const database = await ownedDatabase()
  t.context = { ...database, ada: await personIn(database.app), bob: await personIn(database.app) }
})
test.after.always(t => t.context[Symbol.asyncDispose]?.())

/** Makes a person with one row in every private table. */
async function personIn(app: Knex): Promise<string> {
  const [person, session] = [randomUUID(), randomUUID()]
  await app('users').insert({ id: person, phoneSealed: 'x', phoneIndex: person })
  await as(app, person, async trx => {
    for (const [table, sample] of Object.entries(SAMPLES)) await trx(table).insert(sample(person, session))
  })
  return person
}

/** Runs `body` in a transaction of the server that acts for a person, or for nobody. */
const as = <T>(app: Knex, person: string | null, body: (trx: Knex) => Promise<T>): Promise<T> =>
  app.transaction(async trx => {
    await enter(trx, person ?? '')
    return body(trx)
  })

test('every private table is tried here', async t => {
  t.deepEqual(await privateTables(t.context.owner), Object.keys(SAMPLES).toSorted())
})

test('while nobody acts, private tables show nothing, and the empty setting is nobody', async t => {
  const { app } = t.context
  for (const table of Object.keys(SAMPLES)) {
    t.deepEqual(await app(table).select(), [], table)
    t.deepEqual(await as(app, null, async trx => trx(table).select()), [], table)
  }
  t.is(await refusalOf(as(app, 'nobody', async trx => trx('sessions').select())), '22P02')
})

test('not even the owner sees private rows without acting for somebody', async t => {
  for (const table of ['sessions', 'notifications']) t.deepEqual(await t.context.owner(table).select(), [], table)
})

test('a person sees and changes only rows of their own', async t => {
  const { app, ada, bob } = t.context
  for (const table of Object.keys(SAMPLES)) {
    const seen = await as(app, ada, async trx => trx(table).select('userId'))
    t.deepEqual(seen, [{ userId: ada }], table)
    for (const change of [
      (trx: Knex) => trx(table).where({ userId: bob }).update({ createdAt: new Date() }),
      (trx: Knex) => trx(table).where({ userId: bob }).delete(),
    ]) {
      const refusal = await refusalOf(as(app, ada, async trx => t.is(await change(trx), 0, table)))
      t.true(refusal === null || refusal === DENIED, table)
    }
    t.is((await as(app, bob, async trx => trx(table).select())).length, 1, table)
  }
})

test('a person can neither make a row for another nor give one away', async t => {
  const { app, ada, bob } = t.context
  for (const [table, sample] of Object.entries(SAMPLES)) {
    const insert = as(app, ada, async trx => trx(table).insert(sample(bob, randomUUID())))
    t.is(await refusalOf(insert), DENIED, table)
    const give = as(app, ada, async trx => trx(table).update({ userId: bob }))
    t.is(await refusalOf(give), DENIED, table)
  }
})

test('who acts is forgotten with the transaction, on the same pooled connection', async t => {
  const { app, ada } = t.context
  const backend = async (db: Knex) => (await rowsOf<{ pid: number }>(db, 'select pg_backend_pid() as pid'))[0]?.pid
  const pid = await as(app, ada, backend)
  t.deepEqual(await app('sessions').select(), [])
  await t.throwsAsync(
    as(app, ada, async () => {
      throw new Error('rolled back')
    }),
  )
  t.deepEqual(await app('sessions').select(), [])
  t.is(await backend(app), pid)
})

test('a phone goes to whoever signs in on it last, whoever had it before', async t => {
  const { app, ada } = t.context
  const cyd = await personIn(app)
  const phones = (trx: Knex) => trx<{ tokenHash: Buffer }>('devices').select('tokenHash')
  const [phone] = await as(app, cyd, async trx => phones(trx))
  await as(app, ada, async trx => rowsOf(trx, `select take_device('\\x${phone?.tokenHash.toString('hex')}')`))
  t.deepEqual(await as(app, cyd, async trx => phones(trx)), [])
  t.is((await as(app, ada, async trx => phones(trx))).length, 1)
})
