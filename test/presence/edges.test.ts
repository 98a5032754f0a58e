import { setTimeout } from 'node:timers/promises'
import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { openDevice } from '../log/support/device.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { edgesHeard, findsThere, hears } from './support/edges.ts'

const GRACE_SECONDS = 2
const test = anyTest as WorldTest
withWorld(test, { env: { PRESENCE_GRACE_SECONDS: String(GRACE_SECONDS) } })

/** Longer than it takes for a departure to be told. */
const graceOver = () => setTimeout(GRACE_SECONDS * 1000 + 1000)

test('friends hear when the last device of a person has been gone for a while, and when the first is back', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  await befriend(ada, bob)
  t.deepEqual(await findsThere(ada), [bob.id])
  t.deepEqual(await findsThere(bob), [ada.id])

  const token = (await bob.client.auth.accessToken()) as string
  const others = t.context.urls.map(url => openDevice(url, { token })) // one on each node
  await Promise.all(others.map(({ ready }) => ready))
  bob.client.close()
  others[0]?.socket.disconnect()
  await graceOver()
  t.deepEqual(await findsThere(ada), [bob.id])
  t.deepEqual(edgesHeard(ada, bob), [])

  const left = performance.now()
  others[1]?.socket.disconnect()
  const gone = await hears(ada, bob, false)
  t.true(performance.now() - left >= GRACE_SECONDS * 1000)
  t.deepEqual(await findsThere(ada), [])

  await bob.client.connect()
  const back = await hears(ada, bob, true)
  t.true(back.version > gone.version)
  t.like(await ada.call('presence:list', {}), { shown: true, items: [{ userId: bob.id, version: back.version }] })

  await Promise.all([ada, bob, eve].map(person => person.hearsAll()))
  t.deepEqual(edgesHeard(ada, bob), [gone, back])
  t.deepEqual([...eve.glimpsed, ...bob.glimpsed], []) // no stranger hears it, and nobody of themselves
  t.deepEqual(await findsThere(eve), [])
})

test('a phone that comes and goes within the grace makes no news', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const token = (await bob.client.auth.accessToken()) as string
  bob.client.close()
  for (let i = 0; i < 6; i++) {
    using device = openDevice(t.context.urls[i % 2] as string, { token })
    await device.ready
  }
  await bob.client.connect()
  await graceOver()
  await ada.hearsAll()
  t.deepEqual(edgesHeard(ada, bob), [])
  t.deepEqual(await findsThere(ada), [bob.id])
})

test('who comes back takes what changed meanwhile from the list, which is as new as what others heard', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  for (const friend of [ada, cara]) await befriend(friend, bob)
  ada.client.close()
  bob.client.close()
  const gone = await hears(cara, bob, false)
  await ada.client.connect()
  const list = await ada.call('presence:list', {})
  t.deepEqual(list.items, [])
  t.true(list.version >= gone.version)
  t.deepEqual(edgesHeard(ada, bob), [])
})

test('an ex-friend hears nothing, and is not listed', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  for (const friend of [ada, cara]) await befriend(friend, bob)
  await bob.call('friend:remove', { userId: ada.id })
  await Promise.all([ada, bob, cara].map(person => person.hearsAll()))
  bob.client.close()
  await hears(cara, bob, false)
  await bob.client.connect()
  await hears(cara, bob, true)
  await ada.hearsAll()
  t.deepEqual(ada.glimpsed, [])
  t.deepEqual(await findsThere(ada), [])
  t.false((await findsThere(bob)).includes(ada.id))
})

test('who signs out is gone like anybody', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  await bob.client.signOut()
  await hears(ada, bob, false)
  t.deepEqual(await findsThere(ada), [])
})

test('with many friends one hears of each, on both nodes', async t => {
  const names = ['B', 'C', 'D', 'E', 'F', 'G'] as const
  const [ada, ...friends] = await t.context.cast('Ada', ...names)
  for (const friend of friends) await befriend(ada, friend)
  const ids = (people: readonly Person[]) => people.map(({ id }) => id as string).toSorted()
  t.deepEqual(await findsThere(ada), ids(friends))
  const leaving = friends.slice(0, 3)
  for (const friend of leaving) friend.client.close()
  for (const friend of leaving) await hears(ada, friend, false)
  t.deepEqual(await findsThere(ada), ids(friends.slice(3)))
})
