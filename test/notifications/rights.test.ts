import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { catchUp, shift } from './support/shift.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false }) // work waits until a test has it done

test.serial('who is no friend any more when the work is done does not notify', async t => {
  const [ada, bob, eve] = await shift(t.context, () => t.context.cast('Ada', 'Bob', 'Eve'))
  await befriend(ada, bob)
  const { id: postId } = await ada.call('post:create', { text: 'for friends' })
  await bob.call('comment:create', { postId, text: 'hi' })
  await ada.call('friend:remove', { userId: bob.id })
  const { notificationId } = await catchUp(t.context, ada, eve)
  t.deepEqual(
    (await ada.call('notification:list', {})).items.map(({ id }) => id),
    [notificationId],
  )
  t.is((await t.context.db('notifications').where({ user_id: ada.id })).length, 1)
  t.is((await t.context.db('notifications').where({ user_id: bob.id })).length, 0)
})

test.serial('what was taken back, deleted, or done by somebody suspended does not notify', async t => {
  const [ada, bob, eve, kim, sam] = await shift(t.context, () => t.context.cast('Ada', 'Bob', 'Eve', 'Kim', 'Sam'))
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  const gone = await ada.call('post:create', { text: 'gone', visibility: 'public' })
  const { id: commentId } = await bob.call('comment:create', { postId, text: 'taken back' })
  await bob.call('comment:delete', { commentId })
  await bob.call('comment:create', { postId: gone.id, text: 'orphan' })
  await ada.call('post:delete', { postId: gone.id })
  await bob.call('friend:request', { userId: ada.id })
  await bob.call('friend:decline', { userId: ada.id })
  await kim.call('comment:create', { postId, text: 'from Kim' })
  await sam.call('friend:request', { userId: ada.id })
  await t.context.db('users').whereIn('id', [kim.id, sam.id]).update({ status: 'suspended' })
  await catchUp(t.context, ada, eve)
  t.is((await t.context.db('notifications').where({ user_id: ada.id })).length, 1)
  t.is((await t.context.db('notifications').where({ user_id: bob.id })).length, 0)
})

test.serial(
  'of requests that cross before the work is done, the one who asked first is told of the acceptance',
  async t => {
    const [ada, bob, eve] = await shift(t.context, () => t.context.cast('Ada', 'Bob', 'Eve'))
    await ada.call('friend:request', { userId: bob.id })
    await bob.call('friend:request', { userId: ada.id })
    await catchUp(t.context, eve, bob)
    const types = async (id: string) => t.context.db('notifications').where({ user_id: id }).pluck('type')
    t.deepEqual(await types(ada.id), ['friend_accepted'])
    t.deepEqual(await types(bob.id), [])
  },
)
