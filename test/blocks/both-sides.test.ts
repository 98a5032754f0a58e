import anyTest from 'ava'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { mentions } from './support/mentions.ts'

const test = anyTest as WorldTest
withWorld(test)

/** Who blocks whom of two people, as the rows say; only they see them. */
async function blocksOf({ db }: World, one: Person, other: Person): Promise<string[]> {
  const rows = (await db('blocks')
    .whereIn('blocker_id', [one.id, other.id])
    .whereIn('blocked_id', [one.id, other.id])
    .select('blocker_id')) as { blocker_id: string }[]
  return rows.map(({ blocker_id }) => blocker_id).toSorted()
}

/** Whether each hears what the other says under the post of a third person that both have open. */
async function hearing(one: Person, other: Person, postId: string) {
  const heard = []
  for (const [speaker, listener] of [
    [one, other],
    [other, one],
  ] as const) {
    const { id } = await speaker.call('comment:create', { postId: postId as never, text: 'now' })
    heard.push((await mentions(listener, speaker)).some(({ payload }) => 'id' in payload && payload.id === id))
  }
  return heard
}

test('they hear each other again only when neither blocks the other, whoever lifts first', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  const { id: postId } = await cara.call('post:create', { text: 'open', visibility: 'public' })
  for (const { client } of [ada, bob]) await client.join('post', postId)
  for (const [first, last] of [
    [ada, bob],
    [bob, ada],
  ] as const) {
    await ada.call('block:create', { userId: bob.id })
    await bob.call('block:create', { userId: ada.id })
    await first.call('block:remove', { userId: last.id })
    t.deepEqual(await hearing(ada, bob, postId), [false, false])
    t.is((await first.refused('profile:get', { userId: last.id })).reason, 'person')
    await last.call('block:remove', { userId: first.id })
    t.deepEqual(await hearing(ada, bob, postId), [true, true])
    t.is((await first.call('profile:get', { userId: last.id })).userId, last.id)
  }
})

test('after many blocks made and lifted by both at once, rooms and answers are what the rows say', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  const { id: postId } = await cara.call('post:create', { text: 'open', visibility: 'public' })
  for (const { client } of [ada, bob]) await client.join('post', postId)
  const seen = new Set<number>()
  for (let round = 0; round < 16; round++) {
    const commands = (['block:create', 'block:remove'] as const).flatMap(name => [
      () => ada.call(name, { userId: bob.id }),
      () => bob.call(name, { userId: ada.id }),
    ])
    // Each of the four in turn is left out, is the last, or goes with all the others.
    const last = commands[round % 4]
    await Promise.all(commands.filter((_, i) => i !== (round >> 2) % 4).map(run => run()))
    if (round % 3 === 0) await last?.()
    const blocks = await blocksOf(t.context, ada, bob)
    seen.add(blocks.length)
    const free = blocks.length === 0
    t.deepEqual(await hearing(ada, bob, postId), [free, free], `round ${round}: ${blocks.length} blocks`)
    const { items } = await ada.call('block:list', {})
    t.is(items.length, blocks.filter(id => id === ada.id).length)
  }
  t.true(seen.size > 1)
})

test('blocked by both at the same moment, they are hidden until both have lifted it at the same moment', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  const { id: postId } = await cara.call('post:create', { text: 'open', visibility: 'public' })
  for (const { client } of [ada, bob]) await client.join('post', postId)
  for (let round = 0; round < 5; round++) {
    const both = (name: 'block:create' | 'block:remove') =>
      Promise.all([ada.call(name, { userId: bob.id }), bob.call(name, { userId: ada.id })])
    await both('block:create')
    t.is((await blocksOf(t.context, ada, bob)).length, 2)
    t.deepEqual(await hearing(ada, bob, postId), [false, false])
    await both('block:remove')
    t.deepEqual(await hearing(ada, bob, postId), [true, true])
  }
})
