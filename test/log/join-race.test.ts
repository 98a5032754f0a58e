import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openDevice } from './support/device.ts'
import { holding, waits } from './support/held.ts'

const test = anyTest as WorldTest
withWorld(test)

const ROUNDS = 40

test('a room that one may not enter looks like one that is not there', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id } = await ada.call('post:create', { text: 'for friends' })
  const failures = await Promise.all(
    [
      { kind: 'post', id },
      { kind: 'post', id: ada.id },
      { kind: 'friends', id: ada.id },
      { kind: 'user', id: ada.id },
      { kind: 'nothing', id },
    ].map(place => bob.refused('room:join', place)),
  )
  for (const { wire } of failures) t.like(wire, { code: 'not_found', reason: 'room', message: 'There is no such room' })
})

test('whoever enters a room, or connects into it, while the right to it is lost, does not end inside', async t => {
  const [ada, bob, cara, dan] = await t.context.cast('Ada', 'Bob', 'Cara', 'Dan')
  for (const friend of [cara, dan]) await befriend(ada, friend)
  const { id } = await ada.call('post:create', { text: 'open' })
  const token = (await bob.client.auth.accessToken()) as string
  const outcomes = new Set<boolean>()

  for (let round = 0; round < ROUNDS; round++) {
    await befriend(ada, bob)
    const cursor = bob.client.cursor()
    const remove = async () => {
      for (let i = 0; i < round % 4; i++) await ada.call('profile:get', { userId: ada.id }) // now earlier, now later
      await ada.call('friend:remove', { userId: bob.id })
    }
    using device = openDevice(t.context.urls[round % 2] as string, { token, cursor, rooms: [{ kind: 'post', id }] })
    const [entered] = await Promise.all([device.send('room:join', { kind: 'post', id }), remove()])
    outcomes.add(entered.ok)
    const author = round % 2 ? cara : dan
    const { id: commentId } = await author.call('comment:create', { postId: id, text: 'between friends' })
    t.false((await device.hearsAll()).some(({ payload }) => payload.id === commentId))
    await device.send('room:leave', { kind: 'post', id })
  }
  t.is(outcomes.size, 2) // both sides of the race were seen
})

test('whoever was let in by a snapshot taken before the right was lost does not get in after it', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, bob)
  await befriend(ada, cara)
  const { id } = await ada.call('post:create', { text: 'open' })
  const token = (await bob.client.auth.accessToken()) as string
  for (const url of t.context.urls) {
    using seated = openDevice(url, { token })
    await seated.ready
    // Both have their snapshot by the time they ask for Ada's account, which nobody can read for now.
    const { entering, device } = await holding(t.context.db, 'lock table users in access exclusive mode', async () => {
      const entering = seated.send('room:join', { kind: 'post', id })
      await waits(t.context.db, 'select%users%')
      await ada.call('friend:remove', { userId: bob.id })
      await ada.next('friend:removed')
      return { entering, device: openDevice(url, { token, rooms: [{ kind: 'post', id }] }) }
    })
    t.like(await entering, { ok: false, error: { reason: 'room' } })
    await device.ready
    await cara.call('comment:create', { postId: id, text: 'between friends' })
    for (const { hearsAll } of [seated, device])
      t.false((await hearsAll()).some(({ name }) => name === 'comment:created'))
    device.socket.disconnect()
    await befriend(ada, bob)
  }
})
