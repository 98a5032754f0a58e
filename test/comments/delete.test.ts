import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a comment is deleted by whoever wrote it or whoever wrote the post, and by nobody else', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  await eve.client.join('post', postId)
  const [first, second] = [
    await bob.call('comment:create', { postId, text: 'first' }),
    await bob.call('comment:create', { postId, text: 'second' }),
  ]
  t.like(await eve.refused('comment:delete', { commentId: first.id }), {
    code: 'forbidden',
    reason: 'not_your_comment',
  })

  await bob.call('comment:delete', { commentId: first.id })
  await ada.call('comment:delete', { commentId: second.id })
  for (const person of [ada, eve])
    for (const comment of [first, second])
      t.deepEqual(await person.next('comment:deleted'), { id: comment.id, postId, postAuthorId: ada.id })
  t.deepEqual(
    (await eve.hearsAll()).flatMap(({ name, payload }) => (name === 'post:counted' ? [payload] : [])),
    [
      { id: postId, commentCount: 1, version: 2 },
      { id: postId, commentCount: 2, version: 3 },
      { id: postId, commentCount: 1, version: 4 },
      { id: postId, commentCount: 0, version: 5 },
    ],
  )
  t.deepEqual((await eve.call('comment:list', { postId })).items, [])
})

test('what one may not read, and what is gone, answers like a comment that never was', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  await befriend(ada, bob)
  const friends = await ada.call('post:create', { text: 'for friends' })
  const gone = await ada.call('post:create', { text: 'gone soon', visibility: 'public' })
  const hidden = await bob.call('comment:create', { postId: friends.id, text: 'hidden from Eve' })
  const deleted = await bob.call('comment:create', { postId: gone.id, text: 'deleted' })
  const orphan = await bob.call('comment:create', { postId: gone.id, text: 'orphan' })
  await bob.call('comment:delete', { commentId: deleted.id })
  await ada.call('post:delete', { postId: gone.id })

  const none = await eve.refused('comment:delete', { commentId: crypto.randomUUID() as never })
  t.like(none, { code: 'not_found', reason: 'comment' })
  for (const { id: commentId } of [hidden, deleted, orphan])
    t.deepEqual((await eve.refused('comment:delete', { commentId })).wire, none.wire)
  for (const { id: commentId } of [deleted, orphan])
    t.deepEqual((await bob.refused('comment:delete', { commentId })).wire, none.wire)

  await ada.call('friend:remove', { userId: bob.id })
  t.deepEqual((await bob.refused('comment:delete', { commentId: hidden.id })).wire, none.wire)
  await ada.call('comment:delete', { commentId: hidden.id })
})
