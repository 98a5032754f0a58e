import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('many are read at once, in the order asked for, and each as when read alone', async t => {
  const people = await t.context.cast('Ada', 'Bob', 'Cara', 'Dan')
  const [ada, bob] = people
  await t.context.db('profiles').where({ user_id: bob.id }).delete()
  const userIds = [people[2].id, ada.id, people[3].id, bob.id]
  const { items } = await ada.call('profile:list', { userIds })
  const alone = await Promise.all(userIds.map(userId => ada.call('profile:get', { userId })))
  t.deepEqual(
    items,
    alone.map(({ links: _links, ...profile }) => profile),
  )
  t.deepEqual(await ada.call('profile:list', { userIds: [] }), { items: [], links: [] })
})

test('whom one may not meet is left out, like an id that nobody has', async t => {
  const people = await t.context.cast('Ada', 'Bob', 'Cara', 'Dan', 'Eve')
  const [ada, bob, cara, dan, eve] = people
  await ada.call('block:create', { userId: bob.id })
  await cara.call('block:create', { userId: ada.id })
  await t.context.db('users').where({ id: dan.id }).update({ status: 'suspended' })
  const userIds = [crypto.randomUUID() as never, ...people.map(({ id }) => id)]
  const seenBy = async (viewer: typeof ada) =>
    (await viewer.call('profile:list', { userIds })).items.map(({ userId }) => userId)
  t.deepEqual(await seenBy(ada), [ada.id, eve.id])
  t.deepEqual(await seenBy(bob), [bob.id, cara.id, eve.id])
  t.deepEqual(await seenBy(cara), [bob.id, cara.id, eve.id])
})

test('more than fifty, one twice, or what is no id is refused', async t => {
  const [ada] = await t.context.cast('Ada')
  const ids = Array.from({ length: 51 }, () => crypto.randomUUID() as never)
  t.is((await ada.call('profile:list', { userIds: ids.slice(1) })).items.length, 0)
  for (const userIds of [ids, [ada.id, ada.id], ['ada' as never]])
    t.is((await ada.refused('profile:list', { userIds })).reason, 'invalid')
})
