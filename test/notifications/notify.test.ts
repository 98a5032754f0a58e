import anyTest from 'ava'
import type { Events } from '../../client/index.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { remark } from './support/shift.ts'

const test = anyTest as WorldTest
withWorld(test)

const notified = async (person: Person) =>
  (await person.hearsAll()).flatMap(({ name, payload }) =>
    name === 'notification:created' ? [(payload as Events['notification:created']).type] : [],
  )

test('a request, its acceptance and a comment each make one notification, in ids only', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await bob.call('friend:request', { userId: ada.id })
  const request = await ada.next('notification:created')
  t.like(request, {
    userId: ada.id,
    type: 'friend_request',
    actorId: bob.id,
    subjectId: bob.id,
    postId: null,
    read: false,
  })

  await ada.call('friend:accept', { userId: bob.id })
  const accepted = await bob.next('notification:created')
  t.like(accepted, { userId: bob.id, type: 'friend_accepted', actorId: ada.id, subjectId: ada.id, postId: null })

  const { id: postId } = await ada.call('post:create', { text: 'hello' })
  const { id: commentId } = await bob.call('comment:create', { postId, text: 'a secret' })
  const comment = await ada.next('notification:created')
  t.like(comment, { userId: ada.id, type: 'comment', actorId: bob.id, subjectId: commentId, postId })

  t.deepEqual(await ada.call('notification:list', {}), { items: [comment, request], nextCursor: null, unread: 2 })
  t.deepEqual(await bob.call('notification:list', {}), { items: [accepted], nextCursor: null, unread: 1 })
  t.notRegex(JSON.stringify([request, accepted, comment]), /secret|hello|Ada|Bob/)
})

test('nobody is notified of what they do themselves', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  await ada.call('comment:create', { postId, text: 'to myself' })
  await remark(ada, bob)
  t.is((await notified(ada)).length, 1)
  t.is((await notified(bob)).length, 0)
})

test('a request renews its old notification, but not within a day', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await bob.call('friend:request', { userId: ada.id })
  const first = await ada.next('notification:created')
  await ada.call('notification:read_all', {})

  await ada.call('friend:decline', { userId: bob.id })
  t.deepEqual((await ada.call('notification:list', {})).items, [])
  await bob.call('friend:request', { userId: ada.id })
  await remark(ada, bob)
  t.deepEqual(await notified(ada), ['friend_request', 'comment'])

  await bob.call('friend:decline', { userId: ada.id })
  const before = { created_at: new Date(Date.now() - 25 * 3_600_000) }
  await t.context.db('notifications').where({ id: first.id }).update(before)
  await bob.call('friend:request', { userId: ada.id })
  const again = await ada.next('notification:created', ({ type }) => type === 'friend_request')
  t.like(again, { actorId: bob.id, read: false })
  t.not(again.id, first.id)
})
