import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openDevice } from './support/device.ts'

const test = anyTest as WorldTest
withWorld(test)

test('what was posted and deleted while a friend was away is not brought back, only told to be gone', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await bob.call('friend:request', { userId: ada.id })
  await ada.call('friend:accept', { userId: bob.id })
  await bob.hearsAll()
  bob.client.close()
  const before = bob.heard.length
  const { id } = await ada.call('post:create', { text: 'a secret' })
  await ada.call('comment:create', { postId: id, text: 'another secret' })
  const kept = await ada.call('post:create', { text: 'no secret' })
  await ada.call('post:delete', { postId: id })
  await ada.hearsAll() // the deletion has its place in the log
  await bob.client.connect()
  await bob.next('post:created', post => post.id === kept.id)
  await bob.hearsAll()
  const missed = bob.heard.slice(before).filter(({ name }) => name.startsWith('post:') || name.startsWith('comment:'))
  t.deepEqual(
    missed.map(({ name }) => name),
    ['post:created', 'post:deleted'],
  )
  t.notRegex(JSON.stringify(missed), /a secret|another secret/)
})

test('who claims to have had a post open is not given the comments deleted meanwhile', async t => {
  const [ada, eve] = await t.context.cast('Ada', 'Eve')
  const from = eve.client.cursor()
  const { id } = await ada.call('post:create', { text: 'for all', visibility: 'public' })
  const gone = await ada.call('comment:create', { postId: id, text: 'a secret' })
  const kept = await ada.call('comment:create', { postId: id, text: 'no secret' })
  await ada.call('comment:delete', { commentId: gone.id })
  await ada.hearsAll()
  const token = (await eve.client.auth.accessToken()) ?? ''
  using device = openDevice(t.context.urls[0], { token, cursor: from, rooms: [{ kind: 'post', id }] })
  await device.ready
  const heard = await device.hearsAll()
  t.true(heard.some(({ payload }) => payload.id === kept.id))
  t.notRegex(JSON.stringify(heard), /a secret/)
})
