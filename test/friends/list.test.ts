import anyTest from 'ava'
import type { Data } from '../../client/index.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

type Friends = Data<'friend:list'>

/** Gives a person this many friends, in the database alone. */
async function giveFriends({ db }: World, { id }: Person, count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, n) => ({ phone_sealed: 'none', phone_index: `friend ${n} of ${id}` }))
  const made = await db('users').insert(rows).returning<{ id: string }[]>('id')
  const friends = made.map(friend => friend.id)
  await db('profiles').insert(friends.map((user_id, n) => ({ user_id, display_name: `Friend ${n}` })))
  await db('friendships').insert(
    friends.map(friend => {
      const [user_a, user_b] = [friend, id as string].toSorted()
      return { user_a, user_b, requested_by: friend, status: 'accepted', accepted_at: new Date() }
    }),
  )
  return friends
}

async function* pages(person: Person, limit: number): AsyncGenerator<Friends['items']> {
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: Friends = await person.call('friend:list', { limit, ...(cursor && { cursor }) })
    yield page.items
    cursor = page.nextCursor
  }
}

test('sixty-five friends come in pages without a gap or a repeat, while others come and go', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const friends = await giveFriends(t.context, ada, 65)
  const seen: string[] = []
  const sizes: number[] = []
  for await (const items of pages(ada, 20)) {
    seen.push(...items.map(({ userId }) => userId))
    sizes.push(items.length)
    await bob.call(sizes.length % 2 === 1 ? 'friend:request' : 'friend:decline', { userId: ada.id })
  }
  t.deepEqual(
    seen.filter(id => id !== bob.id),
    friends.toSorted(),
  )
  t.is(new Set(seen).size, seen.length)
  t.true(sizes.slice(0, 3).every(size => size === 20))
})

test('a page that ends exactly at the end says there is no more', async t => {
  const [ada] = await t.context.cast('Ada')
  await giveFriends(t.context, ada, 4)
  const { nextCursor } = await ada.call('friend:list', { limit: 2 })
  t.truthy(nextCursor)
  t.is((await ada.call('friend:list', { limit: 2, cursor: nextCursor as never })).nextCursor, null)
  t.is((await ada.refused('friend:list', { limit: 51 })).reason, 'invalid')
})

test('the list tells friends, requests that wait for an answer, and one’s own, by name', async t => {
  const [ada, bob, eve, kim, stranger] = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim', 'Sam')
  await bob.call('friend:request', { userId: ada.id })
  await ada.call('friend:accept', { userId: bob.id })
  await eve.call('friend:request', { userId: ada.id })
  await ada.call('friend:request', { userId: kim.id })
  const { items } = await ada.call('friend:list', {})
  const byName = Object.fromEntries(items.map(({ displayName, status }) => [displayName, status]))
  t.deepEqual(byName, { Bob: 'accepted', Eve: 'incoming', Kim: 'outgoing' })
  t.deepEqual((await stranger.call('friend:list', {})).items, [])
})

test('a friend who is suspended is not in the list', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await bob.call('friend:request', { userId: ada.id })
  await ada.call('friend:accept', { userId: bob.id })
  await t.context.db('users').where({ id: bob.id }).update({ status: 'suspended' })
  t.deepEqual((await ada.call('friend:list', {})).items, [])
})
