import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a person is found by their exact username', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await ada.call('profile:update', { username: 'ada.lovelace', bio: 'Counts things' })
  const found = await bob.call('profile:find', { username: 'ada.lovelace' })
  t.like(found, { userId: ada.id, displayName: 'Ada', bio: 'Counts things' })
  t.deepEqual(await bob.call('profile:get', { userId: ada.id }), found)
  for (const username of ['ada.lovelac', 'ada', 'ada_lovelace'])
    t.is((await bob.refused('profile:find', { username })).reason, 'person')
})

test('a person who has filled in nothing has an empty profile', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await t.context.db('profiles').where({ user_id: ada.id }).delete()
  const empty = { userId: ada.id, username: null, displayName: '', bio: '', location: null, website: null }
  t.like(await bob.call('profile:get', { userId: ada.id }), empty)
  t.like(await ada.call('profile:get', { userId: ada.id }), { ...empty, version: 0 })
  t.like(await ada.call('profile:update', { version: 0, bio: 'Now' }), { ...empty, bio: 'Now', version: 1 })
})

for (const status of ['pending', 'suspended', 'deactivated', 'deleted'])
  test(`a person who is ${status} is not found, exactly as one who never was`, async t => {
    const [ada, bob] = await t.context.cast('Ada', 'Bob')
    await ada.call('profile:update', { username: `was.${status}` })
    await t.context.db('users').where({ id: ada.id }).update({ status })

    const none = await bob.refused('profile:get', { userId: crypto.randomUUID() as never })
    t.like(none, { code: 'not_found', reason: 'person' })
    t.deepEqual((await bob.refused('profile:get', { userId: ada.id })).wire, none.wire)
    t.deepEqual((await bob.refused('profile:find', { username: `was.${status}` })).wire, none.wire)
    t.deepEqual((await bob.refused('friend:request', { userId: ada.id })).wire, none.wire)
  })
