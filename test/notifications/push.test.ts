import anyTest from 'ava'
import { enqueue } from '../support/enqueue.ts'
import { once } from '../support/once.ts'
import { signUp, type Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { pushesTo, registerPhone } from './support/phone.ts'
import { remark } from './support/shift.ts'

const test = anyTest as WorldTest
withWorld(test)

const secondDevice = ({ name, phone }: Person, { urls, env }: World) =>
  signUp({ name, phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })

const tokensOf = ({ db }: World, { id }: Person) => db('devices').where({ user_id: id }).pluck<string[]>('token')

test('a phone is woken with ids and nothing else', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const token = await registerPhone(ada)
  const { postId, notificationId } = await remark(ada, bob)
  const [push] = await pushesTo(t.context, token, 0)
  t.deepEqual(push?.data, { type: 'comment', notificationId, actorId: bob.id, postId })
  t.notRegex(JSON.stringify(push?.message), /secret|Ada|Bob/)
})

test('a token belongs to whoever registered it last', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  const token = await registerPhone(ada)
  await bob.call('device:register', { token, platform: 'ios' })
  t.deepEqual(await tokensOf(t.context, ada), [])
  t.deepEqual(await tokensOf(t.context, bob), [token])
  await remark(ada, eve)
  const { postId } = await remark(bob, eve)
  t.deepEqual(
    (await pushesTo(t.context, token, 0)).map(({ data }) => data.postId),
    [postId],
  )
})

test('a notification whose comment is gone by then wakes nobody', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { commentId, notificationId } = await remark(ada, bob)
  const pushes = () => t.context.db('notifications').where({ id: notificationId }).whereNotNull('pushed_at')
  while ((await pushes()).length === 0); // its own job is yet to run
  await bob.call('comment:delete', { commentId })
  await pushes().update({ pushed_at: null })
  const token = await registerPhone(ada)
  await enqueue(t.context, 'notification:push', { userId: ada.id, notificationId })
  const { postId } = await remark(ada, bob)
  t.deepEqual(
    (await pushesTo(t.context, token, 0)).map(({ data }) => data.postId),
    [postId],
  )
  t.deepEqual(await pushes(), [])
})

test('registered by many at the same time, a token belongs to one of them, and nobody is refused', async t => {
  const people = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  const devices = await Promise.all(people.map((person, n) => once(person, t.context.urls[n % 2] ?? '')))
  t.teardown(() => devices.forEach(device => device[Symbol.dispose]()))
  for (let round = 0; round < 5; round++) {
    const token = `contested-${crypto.randomUUID()}`
    const acks = await Promise.all(devices.map(device => device.send('device:register', { token, platform: 'web' })))
    t.true(acks.every(({ ok }) => ok))
    t.is((await t.context.db('devices').where({ token })).length, 1)
  }
})

test('a person keeps the ten devices registered last', async t => {
  const [ada] = await t.context.cast('Ada')
  const tokens: string[] = []
  for (let n = 0; n < 12; n++) tokens.push(await registerPhone(ada))
  t.deepEqual((await tokensOf(t.context, ada)).toSorted(), tokens.slice(2).toSorted())
})

test('a device that signed out is not woken, and is forgotten', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const laptop = await secondDevice(ada, t.context)
  const [token, other] = [await registerPhone(laptop), await registerPhone(ada)]
  const ended = new Promise(resolve => laptop.client.onEnded(resolve))
  await laptop.call('session:end', {})
  await ended
  await remark(ada, bob)
  await pushesTo(t.context, other, 0)
  await remark(ada, bob)
  await pushesTo(t.context, other, 1)
  t.deepEqual(await pushesTo(t.context, token), [])
  t.deepEqual(await tokensOf(t.context, ada), [other])
})

test('the phone of somebody suspended is not woken', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  const [token, other] = [await registerPhone(ada), await registerPhone(eve)]
  const { notificationId } = await remark(ada, bob)
  await pushesTo(t.context, token, 0)
  await t.context.db('users').where({ id: ada.id }).update({ status: 'suspended' })
  await t.context.db('notifications').where({ id: notificationId }).update({ pushed_at: null })
  await enqueue(t.context, 'notification:push', { userId: ada.id, notificationId })
  await remark(eve, bob)
  await pushesTo(t.context, other, 0)
  t.is((await pushesTo(t.context, token)).length, 1)
})

test('a device whose session ran out is not woken, though nobody signed it out', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const laptop = await secondDevice(ada, t.context)
  t.teardown(() => laptop.client.close())
  const [token, other] = [await registerPhone(laptop), await registerPhone(ada)]
  const { sessionId } = (await laptop.client.auth.tokens()) ?? {}
  await t.context
    .db('sessions')
    .where({ id: sessionId })
    .update({ expires_at: new Date(Date.now() - 1) })
  await remark(ada, bob)
  await pushesTo(t.context, other, 0)
  t.deepEqual(await pushesTo(t.context, token), [])
})
