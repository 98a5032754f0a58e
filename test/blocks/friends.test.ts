import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const rowsOf = ({ db }: World, { id }: Person) =>
  db<{ status: string }>('friendships').whereRaw('? in (user_a, user_b)', [id]).pluck('status')

test('a block ends a friendship, and lifting it does not bring it back', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  await bob.call('block:create', { userId: ada.id })
  for (const person of [ada, bob]) t.deepEqual((await person.call('friend:list', {})).items, [])
  await bob.call('block:remove', { userId: ada.id })
  t.deepEqual(await rowsOf(t.context, ada), [])
  const { id: postId } = await ada.call('post:create', { text: 'for friends' })
  t.is((await bob.refused('post:get', { postId })).reason, 'post')
  t.false((await bob.hearsAll()).some(({ payload }) => 'text' in payload && payload.text === 'for friends'))

  await befriend(bob, ada)
  const { id } = await ada.call('post:create', { text: 'again' })
  t.like(await bob.next('post:created', post => post.id === id), { id })
})

test('a block ends a request, whoever of the two had asked, and who is blocked is not told', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  for (const [asker, asked] of [
    [ada, bob],
    [bob, ada],
  ] as const) {
    await asker.call('friend:request', { userId: asked.id })
    await asked.next('notification:created')
    const heard = (await bob.hearsAll()).length
    await ada.call('block:create', { userId: bob.id })
    t.deepEqual(await ada.next('friend:request_closed'), { actorId: ada.id, otherId: bob.id })
    for (const person of [ada, bob]) {
      t.deepEqual((await person.call('friend:list', {})).items, [])
      t.deepEqual((await person.call('notification:list', {})).items, [])
    }
    t.is((await asked.refused('friend:accept', { userId: asker.id })).reason, 'person')
    t.is((await bob.hearsAll()).length, heard)
    await ada.call('block:remove', { userId: bob.id })
    t.deepEqual(await rowsOf(t.context, ada), [])
  }
})

test('of a block and a request or its acceptance at the same moment, the block stays and nothing else', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const outcomes = new Set<string>()
  for (let round = 0; round < 20; round++) {
    const accepts = round % 2 === 1
    if (accepts) await ada.call('friend:request', { userId: bob.id })
    const approach = () => bob.call(accepts ? 'friend:accept' : 'friend:request', { userId: ada.id })
    const [approached] = await Promise.allSettled([approach(), ada.call('block:create', { userId: bob.id })])
    outcomes.add(approached.status)
    t.deepEqual(await rowsOf(t.context, ada), [])
    const { id } = await ada.call('post:create', { text: 'for friends' })
    t.false((await bob.hearsAll()).some(({ payload }) => 'id' in payload && payload.id === id))
    await ada.call('block:remove', { userId: bob.id })
  }
  t.true(outcomes.has('fulfilled'))
})
