import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a request is heard by the person asked, on another node, and nobody else', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  t.deepEqual(await bob.call('friend:request', { userId: ada.id }), { status: 'pending' })
  t.like(await ada.next('friend:requested'), { fromId: bob.id, toId: ada.id })
  t.deepEqual(await eve.hearsAll(), [])
})

test('a request is accepted, and both hear it once', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await bob.call('friend:request', { userId: ada.id })
  t.deepEqual(await ada.call('friend:accept', { userId: bob.id }), { status: 'accepted' })
  for (const person of [ada, bob]) {
    t.like(await person.next('friend:accepted'), { fromId: bob.id, toId: ada.id })
    const accepted = (await person.hearsAll()).filter(({ name }) => name === 'friend:accepted')
    t.is(accepted.length, 1)
  }
  t.is((await ada.refused('friend:accept', { userId: bob.id })).reason, 'friend_request')
})

test('a repeated request changes nothing and is heard by nobody', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await bob.call('friend:request', { userId: ada.id })
  t.deepEqual(await bob.call('friend:request', { userId: ada.id }), { status: 'pending' })
  const requests = async () => (await ada.hearsAll()).filter(({ name }) => name === 'friend:requested').length
  t.is(await requests(), 1)
  await ada.call('friend:accept', { userId: bob.id })
  t.deepEqual(await bob.call('friend:request', { userId: ada.id }), { status: 'accepted' })
  t.deepEqual(await ada.call('friend:request', { userId: bob.id }), { status: 'accepted' })
  t.is(await requests(), 1)
})

test('whoever was asked may decline, whoever asked may take back, and the other is not told', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  for (const [actor, other] of [
    [ada, bob],
    [bob, ada],
  ] as const) {
    await bob.call('friend:request', { userId: ada.id })
    await actor.call('friend:decline', { userId: other.id })
    t.deepEqual(await actor.next('friend:request_closed'), { actorId: actor.id, otherId: other.id })
    t.deepEqual((await other.call('friend:list', {})).items, [])
    t.is((await actor.refused('friend:decline', { userId: other.id })).reason, 'friend_request')
  }
  for (const person of [ada, bob]) {
    const closed = (await person.hearsAll()).filter(({ name }) => name === 'friend:request_closed')
    t.is(closed.length, 1)
  }
})

test('nobody accepts their own request, nor one between others, nor one that was never made', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  await bob.call('friend:request', { userId: ada.id })
  const refusals = [
    await bob.refused('friend:accept', { userId: ada.id }),
    await eve.refused('friend:accept', { userId: bob.id }),
    await eve.refused('friend:decline', { userId: bob.id }),
    await ada.refused('friend:accept', { userId: eve.id }),
  ]
  for (const refusal of refusals) t.like(refusal, { code: 'not_found', reason: 'friend_request' })
  t.deepEqual(await eve.hearsAll(), [])
  t.like(await t.context.db('friendships').where({ requested_by: bob.id }).first(), { status: 'pending' })
})

test('nobody is their own friend, nor the friend of nobody', async t => {
  const [ada] = await t.context.cast('Ada')
  t.like(await ada.refused('friend:request', { userId: ada.id }), { code: 'bad_request', reason: 'yourself' })
  const nobody = { userId: crypto.randomUUID() as never }
  t.is((await ada.refused('friend:request', nobody)).reason, 'person')
  t.is((await ada.refused('friend:accept', nobody)).reason, 'person')
  t.is((await ada.refused('friend:decline', nobody)).reason, 'friend_request')
  t.is((await ada.refused('friend:remove', nobody)).reason, 'friend')
  t.deepEqual(await ada.hearsAll(), [])
})
