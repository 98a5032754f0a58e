import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openDevice } from './support/device.ts'
import { holding } from './support/held.ts'

const test = anyTest as WorldTest
withWorld(test)

/** While it is held, what is committed does not get into the log. */
const THE_LOG = 'select from log_head for update'

test('whoever connects between the commit of a friendship and its place in the log hears nothing from before it', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, cara)
  const { id } = await ada.call('post:create', { text: 'open' })
  await ada.call('friend:request', { userId: bob.id })
  await bob.hearsAll()
  const cursor = bob.client.cursor()
  const token = (await bob.client.auth.accessToken()) as string
  const devices = await holding(t.context.db, THE_LOG, async () => {
    await ada.call('post:create', { text: 'post before' })
    await cara.call('comment:create', { postId: id, text: 'comment before' })
    await bob.call('friend:accept', { userId: ada.id })
    await ada.call('post:create', { text: 'post after' })
    await cara.call('comment:create', { postId: id, text: 'comment after' })
    const open = t.context.urls.map(url => openDevice(url, { token, cursor, rooms: [{ kind: 'post', id }] }))
    for (const { ready } of open) t.like(await ready, { recovered: true })
    return open
  })
  for (const device of devices) {
    const texts = (await device.hearsAll()).flatMap(({ payload }) => payload.text ?? [])
    t.deepEqual(texts, ['post after', 'comment after'])
    device.socket.disconnect()
  }
})

test('whoever connects between the commit of an unfriending and its place in the log hears nothing after it, nor before', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, bob)
  await befriend(ada, cara)
  const { id } = await ada.call('post:create', { text: 'open' })
  await bob.hearsAll()
  const cursor = bob.client.cursor()
  const token = (await bob.client.auth.accessToken()) as string
  const devices = await holding(t.context.db, THE_LOG, async () => {
    await ada.call('friend:remove', { userId: bob.id })
    await ada.call('post:create', { text: 'post after' })
    await cara.call('comment:create', { postId: id, text: 'comment after' })
    const open = t.context.urls.map(url => openDevice(url, { token, cursor, rooms: [{ kind: 'post', id }] }))
    for (const { ready } of open) t.like(await ready, { recovered: true })
    return open
  })
  for (const device of devices) {
    t.deepEqual(
      (await device.hearsAll()).flatMap(({ payload }) => payload.text ?? []),
      [],
    )
    device.socket.disconnect()
  }
})

test('whoever enters a room in between hears nothing from before the friendship either', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, cara)
  const { id } = await ada.call('post:create', { text: 'open' })
  await ada.call('friend:request', { userId: bob.id })
  await bob.hearsAll()
  await holding(t.context.db, THE_LOG, async () => {
    await cara.call('comment:create', { postId: id, text: 'comment before' })
    await bob.call('friend:accept', { userId: ada.id })
    await cara.call('comment:create', { postId: id, text: 'comment after' })
    await bob.client.join('post', id)
  })
  const comments = (await bob.hearsAll()).filter(({ name }) => name === 'comment:created')
  t.deepEqual(
    comments.map(({ payload }) => (payload as { text: string }).text),
    ['comment after'],
  )
})
