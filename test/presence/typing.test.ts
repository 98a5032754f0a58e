import { setTimeout } from 'node:timers/promises'
import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { openDevice } from '../log/support/device.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { showing } from './support/showing.ts'

const test = anyTest as WorldTest
withWorld(test)

const typingHeard = (person: Person) =>
  person.glimpsed.filter(({ name }) => name === 'typing:changed').map(({ payload }) => payload)

test('those who have the post open hear who types and when they stop, the writer and all others hear nothing', async t => {
  const [ada, bob, cara, eve, kim] = await t.context.cast('Ada', 'Bob', 'Cara', 'Eve', 'Kim')
  for (const friend of [bob, cara, kim]) await befriend(ada, friend)
  const { id: postId } = await ada.call('post:create', { text: 'Say something', visibility: 'friends' })
  for (const reader of [ada, bob, cara]) await reader.client.join('post', postId)
  using device = openDevice(t.context.urls[0], {
    token: (await bob.client.auth.accessToken()) as string,
    rooms: [{ kind: 'post', id: postId }],
  })
  await device.ready
  const onDevice: unknown[] = []
  device.socket.on('typing:changed', event => onDevice.push(event))

  await bob.call('typing:set', { postId, typing: true })
  await bob.call('typing:set', { postId, typing: false })
  const begun = await ada.next('typing:changed')
  t.like(begun, { postId, userId: bob.id, typing: true, seconds: 6 })
  const ended = await ada.next('typing:changed')
  t.like(ended, { postId, userId: bob.id, typing: false, seconds: 0 })
  t.true(ended.version >= begun.version)
  await Promise.all([ada, bob, cara, eve, kim, device].map(person => person.hearsAll()))
  t.deepEqual(typingHeard(cara), [begun, ended])
  t.deepEqual(typingHeard(ada), [begun, ended])
  t.deepEqual([...bob.glimpsed, ...eve.glimpsed, ...kim.glimpsed, ...onDevice], [])
  t.is((await eve.refused('typing:set', { postId, typing: true })).reason, 'post')
})

test('what is told again within 3 seconds is dropped without an error, whichever node it is told to', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const posts = await Promise.all(['one', 'two'].map(text => ada.call('post:create', { text })))
  const [postId, other] = posts.map(({ id }) => id) as [(typeof posts)[0]['id'], (typeof posts)[0]['id']]
  for (const { id } of posts) await ada.client.join('post', id)
  const token = (await bob.client.auth.accessToken()) as string
  const devices = t.context.urls.map(url => openDevice(url, { token }))
  await Promise.all(devices.map(({ ready }) => ready))
  const began = performance.now()
  for (const device of [...devices, ...devices])
    t.like(await device.send('typing:set', { postId, typing: true }), { ok: true })
  t.true(performance.now() - began < 3000)
  await bob.call('typing:set', { postId: other, typing: true })
  await ada.hearsAll()
  t.deepEqual(
    typingHeard(ada).map(payload => (payload as { postId: string }).postId),
    [postId, other],
  )
  await setTimeout(3100)
  await bob.call('typing:set', { postId, typing: true })
  await ada.hearsAll()
  t.is(typingHeard(ada).length, 3)
  for (const device of devices) device.socket.disconnect()
})

test('who hides their activity is not heard, and does not hear', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  for (const friend of [bob, cara]) await befriend(ada, friend)
  const { id: postId } = await ada.call('post:create', { text: 'Say something' })
  for (const reader of [ada, bob, cara]) await reader.client.join('post', postId)
  await bob.call('settings:update', showing(false))
  await bob.call('typing:set', { postId, typing: true })
  await bob.hearsAll()
  await cara.call('typing:set', { postId, typing: true })
  await Promise.all([ada, bob].map(person => person.hearsAll()))
  t.deepEqual(
    typingHeard(ada).map(payload => (payload as { userId: string }).userId),
    [cara.id],
  )
  t.deepEqual(typingHeard(bob), [])
})

test('with the friendship the post rested on, the typing under it is lost', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  for (const friend of [bob, cara]) await befriend(ada, friend)
  const { id: postId } = await ada.call('post:create', { text: 'for friends', visibility: 'friends' })
  for (const reader of [ada, bob, cara]) await reader.client.join('post', postId)
  await ada.call('friend:remove', { userId: bob.id })
  await bob.hearsAll()
  await cara.call('typing:set', { postId, typing: true })
  await ada.next('typing:changed')
  await bob.hearsAll()
  t.deepEqual(typingHeard(bob), [])
  t.is((await bob.refused('typing:set', { postId, typing: true })).reason, 'post')
})
