import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a snapshot and the events after its cursor are what a fresh read shows, wherever in the writing it was taken', async t => {
  const [ada, bob, cara, dan] = await t.context.cast('Ada', 'Bob', 'Cara', 'Dan')
  const { id: postId } = await ada.call('post:create', { text: 'Say something', visibility: 'public' })
  await bob.client.join('post', postId)
  const read = () => bob.client.ask('comment:list', { postId, limit: 50 })

  const snapshots: Awaited<ReturnType<typeof read>>[] = []
  const write = async (author: typeof cara) => {
    const ids = []
    for (let i = 0; i < 20; i++) ids.push((await author.call('comment:create', { postId, text: `${i}` })).id)
    for (const commentId of ids.slice(0, 5)) await author.call('comment:delete', { commentId })
  }
  const writing = Promise.all([cara, dan].map(write))
  const done = writing.then(() => true)
  while (!(await Promise.race([done, Promise.resolve(false)]))) snapshots.push(await read())
  await writing
  const fresh = (await read()).data.items
  await bob.hearsAll()

  t.is(fresh.length, 30)
  t.true(snapshots.length > 10)
  for (const { data, meta } of snapshots) {
    const state = new Map(data.items.map(item => [item.id, item]))
    for (const { name, payload, pos } of bob.heard) {
      if (pos <= Number(meta.cursor?.split(':')[1])) continue
      if (name === 'comment:created') state.set((payload as (typeof fresh)[0]).id, payload as (typeof fresh)[0])
      if (name === 'comment:deleted') state.delete((payload as (typeof fresh)[0]).id)
    }
    t.deepEqual(
      [...state.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)),
      [...fresh],
    )
  }
})
