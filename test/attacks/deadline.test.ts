import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { signedWire, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a command that waits on a locked row is answered in time, and does not commit later', async t => {
  const { db, urls } = t.context
  const [ada] = await t.context.cast('Ada')
  const wire = await signedWire(urls[0], await tokenOf(ada))
  await wire.frame('42["log:ready"')
  const held = await db.transaction()
  t.teardown(() => held.rollback())
  await held('profiles').where({ user_id: ada.id }).forUpdate()
  const begun = performance.now()
  const ack = await wire.ask('profile:update', '{"bio":"late"}')
  t.like(ack, { ok: false, error: { code: 'internal', reason: 'unavailable', retry: true } })
  t.true(performance.now() - begun < 5500)
  await held.rollback()
  t.like(await wire.ask('profile:get', JSON.stringify({ userId: ada.id })), { ok: true, data: { bio: '' } })
  wire.vanish()
})

test('a command made of steps that each keep the time limit is given up when together they do not', async t => {
  const { db, urls } = t.context
  const [ada] = await t.context.cast('Ada')
  // Three seconds for the post, and three more for its event.
  await db.raw(`create function slow() returns trigger language plpgsql as
    $$ begin if new::text like '%molasses%' then perform pg_sleep(3); end if; return new; end $$`)
  for (const table of ['posts', 'outbox'])
    await db.raw(`create trigger slow before insert on ${table} for each row execute function slow()`)
  const wire = await signedWire(urls[0], await tokenOf(ada))
  await wire.frame('42["log:ready"')
  const begun = performance.now()
  const ack = await wire.ask('post:create', '{"text":"molasses"}')
  const took = performance.now() - begun
  t.like(ack, { ok: false, error: { code: 'internal', reason: 'deadline', retry: true } })
  t.true(took > 4500 && took < 5500, String(took))
  await t.notThrowsAsync(ended(db))
  t.deepEqual(await db('posts').where({ author_id: ada.id }), [])
  t.is((await ada.hearsAll()).length, 0)
  wire.vanish()
})

/** Waits until the late transaction has ended, one way or the other: its lock on the table goes with it. */
const ended = async (db: { raw(sql: string): Promise<unknown> }) =>
  void (await db.raw('begin; lock table posts; commit'))
