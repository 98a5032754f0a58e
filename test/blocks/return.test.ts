import anyTest from 'ava'
import { openDevice } from '../log/support/device.ts'
import { holding } from '../log/support/held.ts'
import { onReturn } from '../log/support/on-return.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** While it is held, what is committed does not get into the log. */
const THE_LOG = 'select from log_head for update'

/** Ada and Bob, and the posts Bob has open: one of Ada, and one of Cara, who comments under both, as Ada does under hers. */
async function scene(world: World) {
  const [ada, bob, cara] = await world.cast('Ada', 'Bob', 'Cara')
  const { id: hers } = await ada.call('post:create', { text: 'of Ada', visibility: 'public' })
  const { id: theirs } = await cara.call('post:create', { text: 'of Cara', visibility: 'public' })
  const rooms = [hers, theirs].map(id => ({ kind: 'post', id }))
  const speak = async (when: string) => {
    await cara.call('comment:create', { postId: hers, text: `Cara to Ada ${when}` })
    await ada.call('comment:create', { postId: theirs, text: `Ada to Cara ${when}` })
    await cara.call('comment:create', { postId: theirs, text: `Cara to herself ${when}` })
  }
  return { ada, bob, rooms, speak }
}
const all = (...whens: string[]) =>
  whens.flatMap(when => [`Cara to Ada ${when}`, `Ada to Cara ${when}`, `Cara to herself ${when}`])
const others = (...whens: string[]) => whens.map(when => `Cara to herself ${when}`)

async function leaves({ hearsAll, client }: Person) {
  await hearsAll()
  const cursor = client.cursor()
  client.close()
  return cursor
}

test('who is blocked while away hears nothing of the other on return, and all else', async t => {
  const { ada, bob, rooms, speak } = await scene(t.context)
  const cursor = await leaves(bob)
  await speak('before')
  await ada.call('block:create', { userId: bob.id })
  await speak('after')
  await ada.hearsAll() // and so all of it is in the log
  for (const url of t.context.urls)
    t.deepEqual(await onReturn(bob, cursor, url, rooms), { recovered: true, texts: others('before', 'after') })
})

test('who is blocked and unblocked while away hears what came before and after, and nothing from between', async t => {
  const { ada, bob, rooms, speak } = await scene(t.context)
  const cursor = await leaves(bob)
  await speak('before')
  await ada.call('block:create', { userId: bob.id })
  await speak('between')
  await ada.call('block:remove', { userId: bob.id })
  await speak('after')
  await ada.hearsAll() // and so all of it is in the log
  for (const url of t.context.urls) {
    const { recovered, texts } = await onReturn(bob, cursor, url, rooms)
    t.true(recovered)
    t.deepEqual(texts, [...all('before'), ...others('between'), ...all('after')])
  }
})

test('who was blocked when they left, and by both in between, hears nothing from before the last block was lifted', async t => {
  const { ada, bob, rooms, speak } = await scene(t.context)
  await ada.call('block:create', { userId: bob.id })
  const cursor = await leaves(bob)
  await speak('before')
  using device = openDevice(t.context.urls[0], { token: (await bob.client.auth.accessToken()) as string })
  await device.send('block:create', { userId: ada.id })
  await ada.call('block:remove', { userId: bob.id })
  await speak('between')
  await device.send('block:remove', { userId: ada.id })
  await speak('after')
  await ada.hearsAll()
  for (const url of t.context.urls) {
    const { texts } = await onReturn(bob, cursor, url, rooms)
    t.deepEqual(texts, [...others('before', 'between'), ...all('after')])
  }
})

test('whoever connects between the commit of a block and its place in the log hears nothing of the other', async t => {
  const { ada, bob, rooms, speak } = await scene(t.context)
  const cursor = await leaves(bob)
  const token = (await bob.client.auth.accessToken()) as string
  const devices = await holding(t.context.db, THE_LOG, async () => {
    await ada.call('block:create', { userId: bob.id })
    await speak('after')
    const open = t.context.urls.map(url => openDevice(url, { token, cursor, rooms }))
    for (const { ready } of open) t.like(await ready, { recovered: true })
    return open
  })
  for (const device of devices) {
    t.deepEqual(
      (await device.hearsAll()).flatMap(({ payload }) => payload.text ?? []),
      others('after'),
    )
    device.socket.disconnect()
  }
})

test('whoever connects between the commit of an unblocking and its place in the log hears nothing from before it', async t => {
  const { ada, bob, rooms, speak } = await scene(t.context)
  await ada.call('block:create', { userId: bob.id })
  const cursor = await leaves(bob)
  const token = (await bob.client.auth.accessToken()) as string
  const devices = await holding(t.context.db, THE_LOG, async () => {
    await speak('before')
    await ada.call('block:remove', { userId: bob.id })
    await speak('after')
    const open = t.context.urls.map(url => openDevice(url, { token, cursor, rooms }))
    for (const { ready } of open) t.like(await ready, { recovered: true })
    return open
  })
  for (const device of devices) {
    t.deepEqual(
      (await device.hearsAll()).flatMap(({ payload }) => payload.text ?? []),
      [...others('before'), ...all('after')],
    )
    device.socket.disconnect()
  }
})
