import anyTest from 'ava'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { befriend } from './support/befriend.ts'

const test = anyTest as WorldTest
withWorld(test)

const names = async (person: Person) => (await person.hearsAll()).map(({ name }) => name)

test('friends hear what each other posts; once one of them ends it, neither does', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const before = await ada.call('post:create', { text: 'for friends' })
  t.deepEqual(await bob.next('post:created'), before)

  await ada.call('friend:remove', { userId: bob.id })
  const after = await ada.call('post:create', { text: 'not for Bob' })
  await bob.call('post:create', { text: 'not for Ada' })
  t.is((await names(bob)).filter(name => name === 'post:created').length, 2) // the first of Ada, and his own
  t.is((await names(ada)).filter(name => name === 'post:created').length, 2) // her own
  for (const postId of [before.id, after.id]) t.is((await bob.refused('post:get', { postId })).reason, 'post')
})

test('whoever ends a friendship hears it on their devices; the other is not told', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const heard = await names(bob)
  await ada.call('friend:remove', { userId: bob.id })
  t.deepEqual(await ada.next('friend:removed'), { actorId: ada.id, otherId: bob.id })
  t.deepEqual(await names(bob), heard)
  t.like(await ada.refused('friend:remove', { userId: bob.id }), { code: 'not_found', reason: 'friend' })
  t.like(await bob.refused('friend:remove', { userId: ada.id }), { code: 'not_found', reason: 'friend' })
})

test('a post that was open closes with the friendship it rested on', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const { id } = await ada.call('post:create', { text: 'for friends' })
  await bob.client.join('post', id)
  await ada.call('friend:remove', { userId: bob.id })
  const heard = await names(bob)
  await ada.call('comment:create', { postId: id, text: 'between us' })
  await ada.call('post:delete', { postId: id })
  t.deepEqual(await names(bob), heard)
})

test('a request that waits is no friendship to end', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await bob.call('friend:request', { userId: ada.id })
  t.is((await ada.refused('friend:remove', { userId: bob.id })).reason, 'friend')
})

test('friends again hear each other again', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  await ada.call('friend:remove', { userId: bob.id })
  await befriend(bob, ada)
  const { id } = await ada.call('post:create', { text: 'again' })
  t.like(await bob.next('post:created'), { id })
})

test('after many friendships made and ended at once, rooms and lists are what the rows say', async t => {
  const people = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  const [ada] = people
  const others = people.slice(1)
  await Promise.all(
    others.map(async other => {
      for (let round = 0; round < 5; round++) {
        await Promise.allSettled([
          ada.call('friend:request', { userId: other.id }),
          other.call('friend:request', { userId: ada.id }),
          ada.call('friend:remove', { userId: other.id }),
          other.call('friend:remove', { userId: ada.id }),
        ])
      }
    }),
  )
  const rows = await t.context
    .db<{ user_a: string; user_b: string; status: string }>('friendships')
    .where({ status: 'accepted' })
    .whereRaw('? in (user_a, user_b)', [ada.id])
  const friends = rows
    .flatMap(({ user_a, user_b }) => [user_a, user_b])
    .filter(id => id !== ada.id)
    .toSorted()
  const listed = (await ada.call('friend:list', {})).items.filter(({ status }) => status === 'accepted')
  t.deepEqual(listed.map(({ userId }) => userId as string).toSorted(), friends)

  const { id } = await ada.call('post:create', { text: 'who hears?' })
  const heard = await Promise.all(
    others.map(async other =>
      (await other.hearsAll()).some(o => (o.payload as { id?: string }).id === id) ? [other.id] : [],
    ),
  )
  t.deepEqual(heard.flat().map(String).toSorted(), friends)
})
