import anyTest from 'ava'
import { openDevice } from '../log/support/device.ts'
import { holding, waits } from '../log/support/held.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('an open public post of either falls silent for the other, and speaks again when the last block is lifted', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  for (const [author, reader] of [
    [ada, bob],
    [bob, ada],
  ] as const) {
    const { id: postId } = await author.call('post:create', { text: 'open', visibility: 'public' })
    const token = (await reader.client.auth.accessToken()) as string
    const devices = t.context.urls.map(url => openDevice(url, { token, rooms: [{ kind: 'post', id: postId }] }))
    t.teardown(() => devices.forEach(({ socket }) => socket.disconnect()))
    await Promise.all(devices.map(({ ready }) => ready))
    const heard: string[] = []
    const say = async (text: string, isHeard: boolean) => {
      await cara.call('comment:create', { postId, text })
      if (isHeard) heard.push(text)
      for (const device of devices)
        t.deepEqual(
          (await device.hearsAll()).flatMap(({ name, payload }) => (name === 'comment:created' ? [payload.text] : [])),
          heard,
        )
    }
    await say('before', true)
    await ada.call('block:create', { userId: bob.id })
    await say('while Ada blocks', false)
    await bob.call('block:create', { userId: ada.id })
    await say('while both block', false)
    await ada.call('block:remove', { userId: bob.id })
    await say('while Bob blocks', false)
    await bob.call('block:remove', { userId: ada.id })
    await say('after', true)
    await ada.call('block:create', { userId: bob.id })
    await say('while Ada blocks again', false)
    await ada.call('block:remove', { userId: bob.id })
  }
})

test('a post that was left meanwhile stays closed', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id: postId } = await ada.call('post:create', { text: 'open', visibility: 'public' })
  await bob.client.join('post', postId)
  await ada.call('block:create', { userId: bob.id })
  await bob.client.leave('post', postId)
  await ada.call('block:remove', { userId: bob.id })
  await ada.call('comment:create', { postId, text: 'after' })
  t.deepEqual(await bob.hearsAll(), [])
})

test('whoever was let in by a snapshot taken before the block does not get in after it', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  const { id } = await ada.call('post:create', { text: 'open', visibility: 'public' })
  const token = (await bob.client.auth.accessToken()) as string
  for (const url of t.context.urls) {
    using seated = openDevice(url, { token })
    await seated.ready
    // It has its snapshot by the time it asks for the post, which nobody can read for now.
    const entering = await holding(t.context.db, 'lock table posts in access exclusive mode', async () => {
      const entering = seated.send('room:join', { kind: 'post', id })
      await waits(t.context.db, 'select%posts%')
      await ada.call('block:create', { userId: bob.id })
      await ada.next('block:created')
      return { entering }
    })
    t.like(await entering.entering, { ok: false, error: { reason: 'room' } })
    await cara.call('comment:create', { postId: id, text: 'after' })
    t.false((await seated.hearsAll()).some(({ name }) => name === 'comment:created'))
    await ada.call('block:remove', { userId: bob.id })
  }
})
