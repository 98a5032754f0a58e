/** Private rows, as the role the server runs as meets them. */
import { randomBytes, randomUUID } from 'node:crypto'
import anyTest, { type TestFn } from 'ava'
import type { Knex } from 'knex'
import { enter } from '../../src/infra/db/scope.ts'
import { DENIED, ownedDatabase, privateTables, refusalOf, rowsOf, type OwnedDatabase } from '../support/database.ts'

/** A row of each private table that belongs to `person`; whom they blocked is nobody else here. */
const SAMPLES: Readonly<Record<string, (person: string, session: string, other: string) => Record<string, unknown>>> = {
  sessions: (person, session) => ({
    id: session,
    userId: person,
    refreshHash: randomBytes(32),
    expiresAt: new Date(Date.now() + 60_000),
  }),
  activities: person => ({ userId: person, type: 'login' }),
  user_settings: person => ({ userId: person }),
  notifications: person => ({ userId: person, type: 'friend_request', actorId: person, subjectId: person }),
  devices: (person, session) => ({
    tokenHash: randomBytes(32),
    token: 'x',
    userId: person,
    sessionId: session,
    platform: 'web',
  }),
  contact_changes: person => ({ userId: person, kind: 'phone', sealed: 'x', dueAt: new Date() }),
  authentication: person => ({ userId: person, method: 'password', passwordHash: 'x' }),
  blocks: (person, _session, other) => ({ blockerId: person, blockedId: other }),
  profile_views: (person, _session, other) => ({ viewerId: person, viewedId: other, day: '2026-11-26' }),
  remembered_acks: person => ({ userId: person, clientId: randomUUID(), digest: randomBytes(32), ack: '{}' }),
}

/** Tables in which an account has its row from the beginning. */
const INNATE = new Set(['user_settings'])

/** The column that says whose row it is. */
const OWNERS: Readonly<Record<string, string>> = { blocks: 'blockerId', profile_views: 'viewerId' }
const ownerOf = (table: string) => OWNERS[table] ?? 'userId'

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
  const [person, session, other] = [randomUUID(), randomUUID(), randomUUID()]
  await as(app, person, async trx => {
    await trx('users').insert([person, other].map(id => ({ id, phoneSealed: 'x', phoneIndex: id })))
    for (const [table, sample] of Object.entries(SAMPLES))
      if (!INNATE.has(table)) await trx(table).insert(sample(person, session, other))
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
  for (const table of ['notifications', 'blocks']) t.deepEqual(await t.context.owner(table).select(), [], table)
})

test('a person sees and changes only rows of their own', async t => {
  const { app, ada, bob } = t.context
  for (const table of Object.keys(SAMPLES)) {
    const owner = ownerOf(table)
    const seen = await as(app, ada, async trx => trx(table).select(owner))
    t.deepEqual(seen, [{ [owner]: ada }], table)
    for (const change of [
      (trx: Knex) =>
        trx(table)
          .where({ [owner]: bob })
          .update({ createdAt: new Date() }),
      (trx: Knex) =>
        trx(table)
          .where({ [owner]: bob })
          .delete(),
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
    const insert = as(app, ada, async trx => trx(table).insert(sample(bob, randomUUID(), ada)))
    t.is(await refusalOf(insert), DENIED, table)
    const give = as(app, ada, async trx => trx(table).update({ [ownerOf(table)]: bob }))
    t.is(await refusalOf(give), DENIED, table)
  }
})

test('a block is seen by the two it is between, and lifted by who made it alone', async t => {
  const { app } = t.context
  const [cyd, dan, eve] = [await personIn(app), await personIn(app), await personIn(app)]
  const row = { blockerId: cyd, blockedId: dan }
  const seen = (person: string) => as(app, person, async trx => (await trx('blocks').where(row).select()).length)
  await as(app, cyd, async trx => trx('blocks').insert(row))
  t.deepEqual([await seen(cyd), await seen(dan), await seen(eve)], [1, 1, 0])
  for (const other of [dan, eve]) t.is(await as(app, other, async trx => trx('blocks').where(row).delete()), 0)
  t.is(await as(app, cyd, async trx => trx('blocks').where(row).delete()), 1)
  const self = { blockerId: cyd, blockedId: cyd }
  t.is(await refusalOf(as(app, cyd, async trx => trx('blocks').insert(self))), '23514')
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
