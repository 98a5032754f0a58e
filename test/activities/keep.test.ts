import anyTest from 'ava'
import type { Knex } from 'knex'
import { CoarsenAddresses, KeepRecords } from '../../src/domains/activities/jobs.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import { DENIED, refusalOf, rowsOf } from '../support/database.ts'
import { perform } from '../support/perform.ts'
import { openWorld, type World, type WorldTest } from '../support/world.ts'

const DAY_MS = 86_400_000

const test = anyTest as WorldTest
test.beforeEach(async t => {
  t.context = await openWorld()
})
test.afterEach.always(t => t.context[Symbol.asyncDispose]?.())

const partsOf = async (db: Knex) => {
  const parts = await rowsOf(
    db,
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'activities'::regclass`,
  )
  return parts.map(({ name }) => name).toSorted()
}

/** The names of the parts of `count` months from `date` on. */
const monthsFrom = (date: Date, count: number) =>
  Array.from({ length: count }, (_, ahead) => {
    const month = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead))
    return `activities_${month.toISOString().slice(0, 7).replace('-', '')}`
  })

const count = async (db: Knex, where: object, part = 'activities') => (await db(part).where(where)).length

test('a sign-in that has no month yet succeeds, and goes to its month once that is made', async t => {
  const { cast, db } = t.context
  const months = monthsFrom(new Date(), 3)
  t.deepEqual(await partsOf(db), [...months, 'activities_rest'])
  for (const month of months) await db.schema.dropTable(month)

  const [ada] = await cast('Ada')
  t.is(await count(db, { user_id: ada.id }, 'activities_rest'), 1)
  await perform(t.context, KeepRecords, {})
  t.deepEqual(await partsOf(db), [...months, 'activities_rest'])
  t.is(await count(db, {}, 'activities_rest'), 0)
  t.is((await ada.call('activity:list', {})).items.length, 1)
})

test('at a time far ahead all months there are to be are made, and those before are dropped', async t => {
  const { cast, db } = t.context
  const [ada] = await cast('Ada')
  const ahead = new Date(Date.UTC(new Date().getUTCFullYear() + 7, 0, 31))
  await db('activities').insert({ user_id: ada.id, type: 'login', created_at: ahead })
  await db.raw(`select keep_months('activities', '13 months', ?)`, [ahead])
  t.deepEqual(await partsOf(db), [...monthsFrom(ahead, 3), 'activities_rest'])
  const { items } = await ada.call('activity:list', {})
  t.deepEqual(
    items.map(({ createdAt }) => createdAt),
    [ahead.toISOString()],
  )
})

test('a month is kept for thirteen more', async t => {
  const { db } = t.context
  const now = new Date()
  const ago = (months: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 15))
  const type = 'login'
  await db('activities').insert(
    [13, 15].map(months => ({ user_id: crypto.randomUUID(), type, created_at: ago(months) })),
  )
  await perform(t.context, KeepRecords, {})
  await perform(t.context, KeepRecords, {})
  t.deepEqual(await partsOf(db), [...monthsFrom(ago(13), 1), ...monthsFrom(now, 3), 'activities_rest'])
})

test('after 30 days the network is left of an address', async t => {
  const { cast, db } = t.context
  const [ada] = await cast('Ada')
  const addresses = ['203.0.113.77', '2001:db8:1:2::/64', '0:0:0:0::/64', 'unknown', '203.0.113.77:80']
  const rows = (days: number) =>
    addresses.map(address => ({
      user_id: ada.id,
      type: 'login',
      address,
      created_at: new Date(Date.now() - days * DAY_MS),
    }))
  await db('activities').insert([...rows(31), ...rows(29)])
  for (let run = 0; run < 2; run++) {
    await perform(t.context, CoarsenAddresses, {})
    t.deepEqual(await addressesOf(t.context, 31), ['203.0.113.0/24', '2001:db8:1::/48', '0:0:0::/48', null, null])
    t.deepEqual(await addressesOf(t.context, 29), addresses)
  }
})

test('of the address of a session, too, which its owner still lists', async t => {
  const { cast, db } = t.context
  const [ada] = await cast('Ada')
  const begun = (days: number) => ({ created_at: new Date(Date.now() - days * DAY_MS), address: '203.0.113.77' })
  for (const [days, address] of [
    [29, '203.0.113.77'],
    [31, '203.0.113.0/24'],
  ] as const) {
    await db('sessions').where({ user_id: ada.id }).update(begun(days))
    await perform(t.context, CoarsenAddresses, {})
    t.is((await ada.call('session:list', {})).items[0]?.address, address)
  }
})

const addressesOf = ({ db }: World, days: number) =>
  db('activities')
    .whereRaw(`created_at::date = (now() - make_interval(days => ?))::date`, [days])
    .orderBy('id')
    .pluck<(string | null)[]>('address')

test('a device of more than a kilobyte, and a kind that nobody knows, are not kept', async t => {
  const { db } = t.context
  const row = { user_id: crypto.randomUUID(), type: 'login' }
  t.is(await refusalOf(db('activities').insert({ ...row, device: { name: 'x'.repeat(1020) } })), '23514')
  t.is(await refusalOf(db('activities').insert({ ...row, device: '"name"' })), '23514')
  t.is(await refusalOf(db('activities').insert({ ...row, type: 'slept' })), '23514')
  t.is(await refusalOf(db('activities').insert({ ...row, device: { name: 'x'.repeat(1000) } })), null)
})

test('the server has no right to say what time it is, to change what was written, nor to a month by itself', async t => {
  const app = connectDb({ url: t.context.env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => app.destroy())
  for (const sql of [
    `select keep_months('activities', '0 months', now())`,
    `update activities set type = 'login'`,
    'delete from activities',
    'select * from activities_rest',
    `select * from ${monthsFrom(new Date(), 1)[0]}`,
  ])
    t.is(await refusalOf(app.transaction(trx => trx.raw(sql))), DENIED, sql)
})
