import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { signUp } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('the list comes newest first, in pages without a gap or a repeat, and is its owner’s alone', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  const written: string[] = []
  for (let n = 0; n < 7; n++) {
    const { id } = await bob.call('comment:create', { postId, text: `${n}` })
    await ada.next('notification:created', ({ subjectId }) => subjectId === id)
    written.unshift(id)
  }
  const first = await ada.call('notification:list', { limit: 5 })
  const rest = await ada.call('notification:list', { limit: 5, cursor: first.nextCursor as never })
  t.deepEqual(
    [...first.items, ...rest.items].map(({ subjectId }) => subjectId),
    written,
  )
  t.deepEqual([first.unread, rest.unread, rest.nextCursor], [7, 7, null])
  t.deepEqual(await bob.call('notification:list', {}), { items: [], nextCursor: null, unread: 0 })
  t.false((await bob.hearsAll()).some(({ name }) => name.startsWith('notification:')))
})

test('reading is heard on one’s other device, once, and not when there was nothing to read', async t => {
  const { urls, env } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const laptop = await signUp({ name: 'Ada', phone: ada.phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })
  t.teardown(() => laptop.client.close())
  await bob.call('friend:request', { userId: ada.id })
  await laptop.next('notification:created')

  t.deepEqual(await ada.call('notification:read_all', {}), { unread: 0 })
  t.deepEqual(await laptop.next('notification:read'), { userId: ada.id, unread: 0 })
  t.like(await laptop.call('notification:list', {}), { unread: 0, items: [{ read: true }] })
  await ada.call('notification:read_all', {})
  for (const device of [ada, laptop])
    t.is((await device.hearsAll()).filter(({ name }) => name === 'notification:read').length, 1)
  t.false((await bob.hearsAll()).some(({ name }) => name.startsWith('notification:')))
})

test('a notification goes when what it tells of goes, and the badge with it', async t => {
  const [ada, bob, eve, kim] = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  await befriend(bob, ada)
  await bob.next('notification:created')
  await kim.call('friend:request', { userId: bob.id })
  await bob.next('notification:created')
  const posts = [
    await bob.call('post:create', { text: 'one', visibility: 'public' }),
    await bob.call('post:create', { text: 'two', visibility: 'public' }),
    await bob.call('post:create', { text: 'three', visibility: 'public' }),
  ]
  const comments = []
  for (const [n, { id: postId }] of posts.entries()) {
    comments.push(await [ada, ada, eve][n]?.call('comment:create', { postId, text: 'hi' }))
    await bob.next('notification:created')
  }
  const badge = async () => {
    const { items, unread } = await bob.call('notification:list', {})
    t.is(items.length, unread)
    return unread
  }
  t.is(await badge(), 5)
  await ada.call('comment:delete', { commentId: comments[0]?.id as never })
  t.is(await badge(), 4)
  await bob.call('post:delete', { postId: posts[1]?.id as never })
  t.is(await badge(), 3)
  await t.context.db('users').where({ id: eve.id }).update({ status: 'suspended' })
  t.is(await badge(), 2)
  await kim.call('friend:decline', { userId: bob.id })
  t.is(await badge(), 1)
  await ada.call('friend:remove', { userId: bob.id })
  t.is(await badge(), 0)
})
