import anyTest from 'ava'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const count = async (person: Person, name: string) =>
  (await person.hearsAll()).filter(occurrence => occurrence.name === name).length

const rowsOf = ({ db }: World, { id }: Person) =>
  db<{ status: string; requested_by: string }>('friendships')
    .whereRaw('? in (user_a, user_b)', [id])
    .select('status', 'requested_by')

test('a request that crosses another accepts it', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  t.deepEqual(await ada.call('friend:request', { userId: bob.id }), { status: 'pending' })
  t.deepEqual(await bob.call('friend:request', { userId: ada.id }), { status: 'accepted' })
  t.like(await ada.next('friend:accepted'), { fromId: ada.id, toId: bob.id })
})

test('requests that cross at the same time, on two nodes, make one friendship and one notification a side', async t => {
  for (let round = 0; round < 4; round++) {
    const [ada, bob] = await t.context.cast('Ada', 'Bob')
    const answers = await Promise.all([
      ada.call('friend:request', { userId: bob.id }),
      bob.call('friend:request', { userId: ada.id }),
    ])
    t.deepEqual(answers.map(({ status }) => status).toSorted(), ['accepted', 'pending'])
    for (const person of [ada, bob]) {
      await person.next('friend:accepted')
      t.is((await person.call('friend:list', {})).items[0]?.status, 'accepted')
    }
    // Whoever asked first is told of the acceptance; by then the request waits for nobody any more, or was told once.
    const asker = answers[0].status === 'pending' ? ada : bob
    await asker.next('notification:created')
    for (const person of [ada, bob]) {
      t.is(await count(person, 'friend:accepted'), 1)
      t.true((await count(person, 'notification:created')) <= 1)
    }
  }
})

test('a request and its end at the same moment leave one or the other, and never half of each', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  for (let round = 0; round < 10; round++) {
    await ada.call('friend:request', { userId: bob.id })
    const [taken, accepted] = await Promise.allSettled([
      ada.call('friend:decline', { userId: bob.id }),
      bob.call('friend:request', { userId: ada.id }),
    ])
    const rows = await rowsOf(t.context, ada)
    if (taken.status === 'fulfilled') {
      t.deepEqual(rows, [{ status: 'pending', requested_by: bob.id }])
      await bob.call('friend:decline', { userId: ada.id })
    } else {
      t.is(rows[0]?.status, 'accepted')
      await bob.call('friend:remove', { userId: ada.id })
    }
    t.is(accepted.status, 'fulfilled')
  }
})

test('of many answers to one request at the same time, one counts', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await bob.call('friend:request', { userId: ada.id })
  const accept = () => ada.call('friend:accept', { userId: bob.id })
  const accepted = await Promise.allSettled([accept(), accept(), bob.call('friend:decline', { userId: ada.id })])
  t.is(accepted.filter(({ status }) => status === 'fulfilled').length, 1)
  t.is(await count(bob, 'friend:accepted'), (await rowsOf(t.context, bob)).length)
})
