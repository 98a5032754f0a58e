import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { NotificationCreated } from '../../src/domains/notifications/events.ts'
import { pushesTo, registerPhone } from '../notifications/support/phone.ts'
import { catchUp, remark, shift } from '../notifications/support/shift.ts'
import { enqueue } from '../support/enqueue.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { mentions } from './support/mentions.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false }) // work waits until a test has it done

test.serial('who is blocked by the time the work is done does not notify', async t => {
  const [ada, bob, eve] = await shift(t.context, () => t.context.cast('Ada', 'Bob', 'Eve'))
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  await bob.call('comment:create', { postId, text: 'hi' })
  await bob.call('friend:request', { userId: ada.id })
  const token = await registerPhone(ada)
  await ada.call('block:create', { userId: bob.id })
  await ada.call('block:remove', { userId: bob.id })
  await bob.call('block:create', { userId: ada.id })
  const { notificationId } = await catchUp(t.context, ada, eve)
  const rows = await t.context.db('notifications').where({ user_id: ada.id }).pluck<string[]>('id')
  t.deepEqual(rows, [notificationId])
  t.false((await mentions(ada, bob)).some(({ name }) => name.startsWith('notification:')))
  const [push] = await shift(t.context, () => pushesTo(t.context, token, 0))
  t.is(push?.data.notificationId, notificationId)
  t.is((await pushesTo(t.context, token)).length, 1)
})

test.serial('what was notified of before goes with the block, from the list, the badge and the phone', async t => {
  const [ada, bob, eve] = await shift(t.context, () => t.context.cast('Ada', 'Bob', 'Eve'))
  const { notificationId } = await shift(t.context, async () => {
    await befriend(ada, bob)
    await ada.next('notification:created')
    return remark(ada, bob)
  })
  t.is((await ada.call('notification:list', {})).unread, 2)
  await bob.call('block:create', { userId: ada.id })
  t.deepEqual(await ada.call('notification:list', {}), { items: [], nextCursor: null, unread: 0 })

  await t.context.db('notifications').where({ id: notificationId }).update({ pushed_at: null })
  const token = await registerPhone(ada)
  await enqueue(t.context, 'notification:push', { userId: ada.id, notificationId })
  const { postId } = await catchUp(t.context, ada, eve)
  await shift(t.context, async () => pushesTo(t.context, token, 0))
  t.deepEqual(
    (await pushesTo(t.context, token)).map(({ data }) => data.postId),
    [postId],
  )
})

test.serial('a notification on its way when the block comes is not heard', async t => {
  const [ada, bob] = await shift(t.context, () => t.context.cast('Ada', 'Bob'))
  await ada.call('block:create', { userId: bob.id })
  // As a job leaves it that had looked before the block and committed after it.
  const payload = {
    id: crypto.randomUUID(),
    userId: ada.id,
    type: 'comment',
    actorId: bob.id,
    subjectId: crypto.randomUUID(),
    postId: null,
    read: false,
    createdAt: new Date().toISOString(),
  }
  const { rooms, except = [] } = NotificationCreated.audience?.(payload as never) ?? {}
  await t.context
    .db('outbox')
    .insert({ kind: 'event', name: NotificationCreated.name, payload, rooms, excluded: except })
  t.deepEqual(
    (await mentions(ada, bob)).map(({ name }) => name),
    ['block:created'],
  )
})
