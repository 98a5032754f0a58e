import anyTest from 'ava'
import type { Knex } from 'knex'
import type { Ack } from '../../src/kernel/dispatch.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { signedWire, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '100' } }) // so many commands at once are too fast otherwise

test('the commands of one socket are performed in the order they were sent', async t => {
  const [ada] = await t.context.cast('Ada')
  const wire = await signedWire(t.context.urls[0], await tokenOf(ada))
  const texts = Array.from({ length: 50 }, (_, i) => String(i))
  const acks = await Promise.all(texts.map(text => wire.ask('post:create', JSON.stringify({ text }))))
  t.true(acks.every(ack => ack?.ok))
  const posts = await t.context.db('posts').where({ author_id: ada.id }).orderBy('id').pluck('text')
  t.deepEqual(posts, texts)
  const answered = wire.frames.filter(frame => frame.startsWith('43')).map(frame => Number(/^43(\d+)/.exec(frame)?.[1]))
  t.deepEqual(
    answered,
    texts.map((_, i) => i + 1),
  )
  wire.vanish()
})

test('more than a hundred waiting commands are refused, and the hundred are performed', async t => {
  const [ada] = await t.context.cast('Ada')
  const wire = await signedWire(t.context.urls[0], await tokenOf(ada))
  await wire.frame('42["log:ready"')
  const asked = Array.from({ length: 300 }, (_, i) => wire.ask('post:create', JSON.stringify({ text: String(i) })))
  const acks = (await Promise.all(asked)) as Ack[]
  const refused = acks.filter(ack => !ack.ok)
  for (const ack of refused)
    t.like(ack, { error: { code: 'rate_limited', reason: 'too_fast', retry: true, retryAfterMs: 1000 } })
  t.true(refused.every(({ meta }) => meta.requestId))
  t.true(refused.length >= 100)
  const [row] = await t.context.db('posts').where({ author_id: ada.id }).count()
  t.is(Number(row?.count), 300 - refused.length)
  t.like(await wire.ask('profile:get', JSON.stringify({ userId: ada.id })), { ok: true })
  wire.vanish()
})

test('commands that wait when the connection is cut are not performed', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { db } = t.context
  const wire = await signedWire(t.context.urls[0], await tokenOf(ada))
  await wire.frame('42["log:ready"')
  const held = await db.transaction()
  t.teardown(() => held.rollback())
  await held.raw('lock table posts in exclusive mode')
  for (let i = 0; i < 50; i++) void wire.ask('post:create', JSON.stringify({ text: String(i) }))
  while (!(await isWaitedFor(db, 'posts'))) await bob.call('session:list', {})
  wire.vanish()
  await wire.closed
  await bob.call('session:list', {}) // on the other node, and yet a while
  await held.commit()
  await ada.call('post:create', { text: 'last' })
  const texts = await db('posts').where({ author_id: ada.id }).orderBy('id').pluck('text')
  t.deepEqual(texts, ['0', 'last'])
})

const isWaitedFor = async (db: Knex, table: string) =>
  (await db('pg_locks').where({ granted: false }).whereRaw('relation = ?::regclass', [table])).length > 0
