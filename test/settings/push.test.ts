import anyTest from 'ava'
import { pushesTo, registerPhone } from '../notifications/support/phone.ts'
import { catchUp, remark, shift } from '../notifications/support/shift.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false }) // work waits until a test has it done

const pushedTo = async (world: World, token: string) =>
  (await pushesTo(world, token)).map(({ data }) => data.notificationId)

const listed = async (person: Person) => (await person.call('notification:list', {})).items.map(({ id }) => id)

test.serial('who wants no push finds in the app what happened, and no phone is woken until they do', async t => {
  const [ada, bob, eve] = await shift(t.context, () => t.context.cast('Ada', 'Bob', 'Eve'))
  const token = await registerPhone(ada)
  await ada.call('settings:update', { notifications: { push: false } })
  const { notificationId: quiet } = await shift(t.context, () => remark(ada, bob))
  await catchUp(t.context, eve, bob)
  t.deepEqual(await pushedTo(t.context, token), [])

  await ada.call('settings:update', { notifications: { push: true } })
  const { notificationId: loud } = await shift(t.context, () => remark(ada, bob))
  await catchUp(t.context, eve, bob)
  t.deepEqual(await pushedTo(t.context, token), [loud])
  t.deepEqual(await listed(ada), [loud, quiet])
})

test.serial('a type of which no push is wanted wakes no phone, and the others do', async t => {
  const [ada, bob, eve] = await shift(t.context, () => t.context.cast('Ada', 'Bob', 'Eve'))
  const token = await registerPhone(ada)
  await ada.call('settings:update', { notifications: { types: { comment: { push: false } } } })
  const { notificationId: quiet } = await shift(t.context, () => remark(ada, bob))
  await bob.call('friend:request', { userId: ada.id })
  const { id: loud } = await shift(t.context, () =>
    ada.next('notification:created', ({ type }) => type === 'friend_request'),
  )
  await catchUp(t.context, eve, bob)
  t.deepEqual(await pushedTo(t.context, token), [loud])
  t.deepEqual(await listed(ada), [loud, quiet])
})
