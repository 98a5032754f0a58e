import anyTest from 'ava'
import { newPhone, reasonOf, sendCode, verify } from '../sessions/support/phone.ts'
import { withWorld, type Assertions, type WorldTest } from '../support/world.ts'
import type { Person } from '../support/person.ts'
import { enqueue } from '../support/enqueue.ts'
import { codeSentTo, toldOf } from '../support/inbox.ts'

const test = anyTest as WorldTest
withWorld(test)

/** Proves a new phone; answers when it takes the place of the old one. */
async function change({ context }: Assertions, person: Person, phone: string) {
  const [{ challengeId }, code] = await codeSentTo(context, phone, () => person.call('phone:change', { phone }))
  return person.call('phone:confirm', { challengeId, code })
}

/** As if the changes of this person were due; resolves when the worker has made them. */
async function letItBeDue({ context }: Assertions, person: Person) {
  await context
    .db('contact_changes')
    .where({ user_id: person.id })
    .update({ due_at: new Date(Date.now() - 1) })
  await enqueue(context, 'account:apply_changes', {})
  await person.next('account:updated')
}

test('a new phone takes the place of the old one after a day, and the old one is told at once', async t => {
  const [ada] = await t.context.cast('Ada')
  const phone = newPhone()
  const { dueAt } = await change(t, ada, phone)
  const hours = (Date.parse(dueAt ?? '') - Date.now()) / 3_600_000
  t.true(hours > 23.9 && hours <= 24)
  await toldOf(t.context, ada.phone, /has a new phone or e-mail address in 24 hours/)
  await ada.next('account:updated')
  t.like(await ada.call('account:get', {}), { phone: ada.phone, changes: [{ kind: 'phone', value: phone, dueAt }] })

  await letItBeDue(t, ada)
  t.like(await ada.call('account:get', {}), { phone, changes: [] })
  await toldOf(t.context, phone, /has a new phone/)
  const signed = await verify(t.context, await sendCode(t.context, phone))
  t.like(signed, { ok: true, data: { userId: ada.id } })
  const stranger = await verify(t.context, await sendCode(t.context, ada.phone))
  t.true(signed.ok && stranger.ok && stranger.data.userId !== ada.id)
})

test('a change can be called off as long as it is on its way', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await change(t, ada, newPhone())
  t.is((await bob.refused('contact:cancel', { kind: 'phone' })).reason, 'change')
  await ada.call('contact:cancel', { kind: 'phone' })
  t.like(await ada.call('account:get', {}), { phone: ada.phone, changes: [] })
  t.is((await ada.refused('contact:cancel', { kind: 'phone' })).code, 'not_found')
})

test('a code for one purpose is good for no other, nor for another person', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const phone = newPhone()
  const [{ challengeId }, code] = await codeSentTo(t.context, phone, () => ada.call('phone:change', { phone }))
  t.is(reasonOf(await verify(t.context, { challengeId, code })), 'code_over')
  t.is((await bob.refused('phone:confirm', { challengeId, code })).reason, 'code_over')
  const sent = await sendCode(t.context, ada.phone)
  t.is((await ada.refused('phone:confirm', sent as never)).reason, 'code_over')
  t.is((await t.context.db('contact_changes').where({ user_id: ada.id })).length, 0)
})

test('the phone of another account is not given, and its owner keeps it', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const [{ challengeId }, code] = await codeSentTo(t.context, bob.phone, () =>
    ada.call('phone:change', { phone: bob.phone }),
  )
  t.like((await ada.refused('phone:confirm', { challengeId, code })).wire, {
    code: 'conflict',
    reason: 'contact_taken',
  })
  t.like(await verify(t.context, await sendCode(t.context, bob.phone)), { ok: true, data: { userId: bob.id } })
})

test('a phone that somebody has taken meanwhile is not taken from them when the change is due', async t => {
  const [ada] = await t.context.cast('Ada')
  const phone = newPhone()
  await change(t, ada, phone)
  await ada.next('account:updated')
  const taken = await verify(t.context, await sendCode(t.context, phone))
  await letItBeDue(t, ada)
  t.like(await ada.call('account:get', {}), { phone: ada.phone, changes: [] })
  const again = await verify(t.context, await sendCode(t.context, phone))
  t.true(taken.ok && again.ok && taken.data.userId === again.data.userId && again.data.userId !== ada.id)
  t.is((await ada.call('activity:list', {})).items[0]?.type, 'change_cancelled')
})

test('a phone keeps its account when it is confirmed once more', async t => {
  const [ada] = await t.context.cast('Ada')
  t.deepEqual(await change(t, ada, ada.phone), { dueAt: null })
  t.like(await ada.call('account:get', {}), { phone: ada.phone, changes: [] })
})

test.serial('an account that is closed takes no phone any more', async t => {
  const { db } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const [phone, bobs] = [newPhone(), newPhone()]
  await change(t, ada, phone)
  await change(t, bob, bobs)
  await ada.call('account:delete', {})
  await db('contact_changes').update({ due_at: new Date(Date.now() - 1) })
  await bob.next('account:updated')
  await enqueue(t.context, 'account:apply_changes', {})
  await bob.next('account:updated')
  t.is((await bob.call('account:get', {})).phone, bobs)
  t.is(reasonOf(await verify(t.context, await sendCode(t.context, ada.phone))), 'account_closed')
  t.true((await verify(t.context, await sendCode(t.context, phone))).ok)
  t.deepEqual(await db('contact_changes').where({ user_id: ada.id }), [])
})
