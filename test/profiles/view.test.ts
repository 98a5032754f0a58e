import anyTest from 'ava'
import { SweepViews } from '../../src/domains/profiles/jobs.ts'
import { perform } from '../support/perform.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const viewsOf = async (person: Person) => (await person.call('profile:get', { userId: person.id })).viewCount

test('a profile that is opened counts once for each person and day, and only its owner sees how often', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  const { version } = await ada.call('profile:get', { userId: ada.id })
  const views = [bob, bob, bob, eve, ada].map(viewer => viewer.call('profile:view', { userId: ada.id }))
  for (const ack of await Promise.all(views)) t.deepEqual(ack, {})
  t.is(await viewsOf(ada), 2)
  t.is((await bob.call('profile:get', { userId: ada.id })).viewCount, null)
  t.is((await ada.call('profile:get', { userId: ada.id })).version, version)

  const { db } = t.context
  await db('profile_views')
    .where({ viewed_id: ada.id })
    .update({ day: db.raw('day - 1') })
  await bob.call('profile:view', { userId: ada.id })
  t.is(await viewsOf(ada), 3)
})

test('nobody hears of it', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const before = { ada: await ada.hearsAll(), bob: await bob.hearsAll() }
  await bob.call('profile:view', { userId: ada.id })
  const updates = ada.heard.length
  t.deepEqual(await ada.hearsAll(), before.ada)
  t.deepEqual(await bob.hearsAll(), before.bob)
  t.is(ada.heard.length, updates + 1) // the one that `hearsAll` makes
})

test('somebody who has said nothing of themselves is counted as well', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await t.context.db('profiles').where({ user_id: ada.id }).delete()
  await bob.call('profile:view', { userId: ada.id })
  t.is(await viewsOf(ada), 1)
  t.like(await ada.call('profile:update', { bio: 'Now', version: 0 }), { bio: 'Now', version: 1, viewCount: 1 })
})

test('whom one may not meet is nobody, and is not counted', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  await ada.call('block:create', { userId: bob.id })
  await t.context.db('users').where({ id: eve.id }).update({ status: 'suspended' })
  for (const userId of [ada.id, eve.id, crypto.randomUUID() as never])
    t.is((await bob.refused('profile:view', { userId })).reason, 'person')
  t.is((await ada.refused('profile:view', { userId: bob.id })).reason, 'person')
  t.is(await viewsOf(ada), 0)
})

test('who opened it is forgotten after a day, and the count stays', async t => {
  const { cast, db } = t.context
  const [ada, bob, eve] = await cast('Ada', 'Bob', 'Eve')
  for (const viewer of [bob, eve]) await viewer.call('profile:view', { userId: ada.id })
  const age = (viewer: Person, days: number) =>
    db('profile_views')
      .where({ viewer_id: viewer.id })
      .update({ day: db.raw('day - ?::integer', [days]) })
  await age(bob, 2)
  await age(eve, 1)
  await perform(t.context, SweepViews, {})
  t.deepEqual(await db('profile_views').where({ viewed_id: ada.id }).pluck('viewer_id'), [eve.id])
  t.is(await viewsOf(ada), 2)
})
