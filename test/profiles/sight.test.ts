import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const HEAD = { displayName: 'Ada', isVerified: false, avatar: null }
const DETAILS = { bio: 'Counts things', location: 'London', website: 'https://ada.example' }
const OWN = { birthDate: '1995-12-10', gender: 'woman' }
const NO_DETAILS = { bio: null, location: null, website: null, joinedMonth: null, cover: null }
const NOTHING_OWN = { birthDate: null, gender: null, version: null, viewCount: null }

/** Who sees more than the head, by the account's settings. */
const CASES = [
  { profile_visibility: 'public', is_private: false, friend: true, stranger: true },
  { profile_visibility: 'public', is_private: true, friend: true, stranger: false },
  { profile_visibility: 'friends', is_private: false, friend: true, stranger: false },
  { profile_visibility: 'friends', is_private: true, friend: true, stranger: false },
  { profile_visibility: 'private', is_private: false, friend: false, stranger: false },
  { profile_visibility: 'private', is_private: true, friend: false, stranger: false },
]

test('strangers, friends and oneself see what the account’s settings let them, however they ask', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  await befriend(ada, bob)
  await eve.call('friend:request', { userId: ada.id }) // which makes no friend yet
  const username = 'ada.seen'
  await ada.call('profile:update', { username, ...DETAILS, ...OWN })
  const joinedMonth = new Date().toISOString().slice(0, 7)

  for (const { friend, stranger, ...settings } of CASES) {
    await t.context.db('users').where({ id: ada.id }).update(settings)
    for (const [viewer, open] of [
      [bob, friend],
      [eve, stranger],
      [ada, true],
    ] as const) {
      const { links, ...seen } = await viewer.call('profile:get', { userId: ada.id })
      const own = viewer === ada ? { ...OWN, version: seen.version, viewCount: 0 } : NOTHING_OWN
      const details = open ? { ...DETAILS, joinedMonth, cover: null } : NO_DETAILS
      const about = `${viewer.name} ${JSON.stringify(settings)}`
      t.deepEqual(seen, { userId: ada.id, username, ...HEAD, ...details, ...own }, about)
      t.deepEqual(await viewer.call('profile:find', { username }), { ...seen, links }, about)
      t.deepEqual((await viewer.call('profile:list', { userIds: [ada.id] })).items, [seen], about)
    }
  }
  t.is(typeof (await ada.call('profile:get', { userId: ada.id })).version, 'number')
})

test('who is no friend any more sees no more than a stranger', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  await ada.call('profile:update', DETAILS)
  await t.context.db('users').where({ id: ada.id }).update({ profile_visibility: 'friends' })
  t.like(await bob.call('profile:get', { userId: ada.id }), DETAILS)
  await ada.call('friend:remove', { userId: bob.id })
  t.like(await bob.call('profile:get', { userId: ada.id }), { ...HEAD, ...NO_DETAILS })
})
