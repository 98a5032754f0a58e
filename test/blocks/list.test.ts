import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('one’s blocks come with names, in pages without a gap or a repeat, and are seen by nobody else', async t => {
  const [ada, bob, cara, dan] = await t.context.cast('Ada', 'Bob', 'Cara', 'Dan')
  const others = [bob, cara, dan].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  for (const { id: userId } of others) await ada.call('block:create', { userId })
  await bob.call('block:create', { userId: dan.id })
  const first = await ada.call('block:list', { limit: 2 })
  const rest = await ada.call('block:list', { limit: 2, cursor: first.nextCursor as never })
  t.deepEqual(
    [...first.items, ...rest.items].map(({ userId, displayName }) => ({ userId, displayName })),
    others.map(({ id, name }) => ({ userId: id, displayName: name })),
  )
  t.is(rest.nextCursor, null)
  t.true(first.items.every(({ blockedAt }) => Math.abs(Date.parse(blockedAt) - Date.now()) < 60_000))
  t.deepEqual(
    (await bob.call('block:list', {})).items.map(({ userId }) => userId),
    [dan.id],
  )
  for (const person of [cara, dan]) t.deepEqual(await person.call('block:list', {}), { items: [], nextCursor: null })

  await ada.call('block:remove', { userId: cara.id })
  t.is((await ada.call('block:list', {})).items.length, 2)
})

test('of somebody who has blocked one as well, or is gone, the list does not tell the name', async t => {
  const [ada, bob, kim] = await t.context.cast('Ada', 'Bob', 'Kim')
  for (const { id: userId } of [bob, kim]) await ada.call('block:create', { userId })
  await bob.call('block:create', { userId: ada.id })
  await t.context.db('users').where({ id: kim.id }).update({ status: 'deactivated' })
  for (const { displayName } of (await ada.call('block:list', {})).items) t.is(displayName, '')

  await bob.call('block:remove', { userId: ada.id })
  const names = (await ada.call('block:list', {})).items.map(({ userId, displayName }) => [userId, displayName])
  t.deepEqual(Object.fromEntries(names), { [bob.id]: 'Bob', [kim.id]: '' })
})
