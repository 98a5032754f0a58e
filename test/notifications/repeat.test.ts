import anyTest from 'ava'
import { enqueue } from '../support/enqueue.ts'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { pushesTo, registerPhone } from './support/phone.ts'
import { catchUp, remark, shift } from './support/shift.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false }) // work waits until a test has it done

const tokensOf = ({ db }: World, { id }: Person) => db('devices').where({ user_id: id }).pluck<string[]>('token')

test.serial('however often its job runs, a thing is notified of once', async t => {
  const [ada, bob, eve] = await shift(t.context, () => t.context.cast('Ada', 'Bob', 'Eve'))
  const { commentId } = await shift(t.context, async () => {
    await befriend(bob, ada)
    await bob.next('notification:created')
    return remark(ada, bob)
  })
  const rows = () => t.context.db('notifications').select('id', 'user_id', 'created_at').orderBy('id')
  const before = await rows()

  for (let n = 0; n < 3; n++) {
    await enqueue(t.context, 'notification:of_comment', { userId: ada.id, commentId })
    await enqueue(t.context, 'notification:of_acceptance', { userId: bob.id, actorId: ada.id })
    await enqueue(t.context, 'notification:of_request', { userId: ada.id, actorId: bob.id })
  }
  await catchUp(t.context, eve, bob)
  t.deepEqual(
    (await rows()).filter(({ user_id }) => user_id !== eve.id),
    before,
  )
  for (const person of [ada, bob]) {
    const told = (await person.hearsAll()).filter(({ name }) => name === 'notification:created')
    t.is(told.length, before.filter(({ user_id }) => user_id === person.id).length)
  }
})

test.serial('however often its job runs, a phone is woken once, and not for what was read', async t => {
  const [ada, bob] = await shift(t.context, () => t.context.cast('Ada', 'Bob'))
  const token = await registerPhone(ada)
  const first = await shift(t.context, async () => {
    const made = await remark(ada, bob)
    await pushesTo(t.context, token, 0)
    return made
  })
  const second = await catchUp(t.context, ada, bob)
  await ada.call('notification:read_all', {})
  await t.context.db('notifications').where({ id: second.notificationId }).update({ pushed_at: null })
  for (const { notificationId } of [first, first, second])
    await enqueue(t.context, 'notification:push', { userId: ada.id, notificationId })
  const last = await shift(t.context, async () => {
    const made = await remark(ada, bob)
    await pushesTo(t.context, token, (await pushesTo(t.context, token)).length)
    return made
  })
  const woken = (await pushesTo(t.context, token)).map(({ data }) => data.notificationId)
  t.is(woken.filter(id => id === first.notificationId).length, 1)
  t.is(woken.filter(id => id === last.notificationId).length, 1)
  t.is(new Set(woken).size, woken.length)
})

test.serial('a token that Firebase says is dead is forgotten; one it fails on is kept', async t => {
  const [ada, bob] = await shift(t.context, () => t.context.cast('Ada', 'Bob'))
  const [good, boom] = [await registerPhone(ada), await registerPhone(ada, 'boom')]
  for (const kind of ['dead', 'bad']) await registerPhone(ada, kind)
  await shift(t.context, async () => {
    await remark(ada, bob)
    await pushesTo(t.context, good, 0)
  })
  t.deepEqual((await tokensOf(t.context, ada)).toSorted(), [good, boom].toSorted())
})
