import anyTest from 'ava'
import { post, reasonOf } from '../sessions/support/phone.ts'
import { enqueue } from '../support/enqueue.ts'
import { linkSentTo, toldOf } from '../support/inbox.ts'
import { newMailbox, proveMailbox, signUpByMail } from '../support/mailbox.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('who has no e-mail address has a proven one at once, and their phone is told', async t => {
  const [ada] = await t.context.cast('Ada')
  const email = newMailbox()
  t.deepEqual(await proveMailbox(t.context, ada, email), { dueAt: null })
  const account = await ada.call('account:get', {})
  t.like(account, { email, phone: ada.phone, changes: [] })
  t.truthy(account.emailVerifiedAt)
  await toldOf(t.context, ada.phone, /has a new e-mail address/)
  t.is((await ada.call('activity:list', {})).items[0]?.type, 'email_changed')
})

test('an account that is a day old has its first address after another, in which it is called off', async t => {
  const { db } = t.context
  const [ada] = await t.context.cast('Ada')
  await db('users')
    .where({ id: ada.id })
    .update({ created_at: new Date(Date.now() - 86_400_000) })
  t.truthy((await proveMailbox(t.context, ada)).dueAt)
  await toldOf(t.context, ada.phone, /has a new phone or e-mail address in 24 hours/)
  t.is((await ada.call('account:get', {})).email, null)
  await ada.call('contact:cancel', { kind: 'email' })
  t.deepEqual((await ada.call('account:get', {})).changes, [])
  const done = (await ada.call('activity:list', {})).items.slice(0, 2).map(({ type }) => type)
  t.deepEqual(done, ['change_cancelled', 'change_pending'])
})

test('a new address takes the place of the old one after a day, and the old one is told at once', async t => {
  const { db } = t.context
  const [old, email] = [newMailbox(), newMailbox()]
  const ada = await signUpByMail(t.context, 'Ada', old)
  t.teardown(() => ada.client.close())
  const { dueAt } = await proveMailbox(t.context, ada, email)
  t.truthy(dueAt)
  await toldOf(t.context, old, /has a new phone or e-mail address in 24 hours/)
  t.like(await ada.call('account:get', {}), { email: old, changes: [{ kind: 'email', value: email }] })
  await ada.next('account:updated')
  await db('contact_changes')
    .where({ user_id: ada.id })
    .update({ due_at: new Date(Date.now() - 1) })
  await enqueue(t.context, 'account:apply_changes', {})
  await ada.next('account:updated')
  t.like(await ada.call('account:get', {}), { email, changes: [] })
})

test('a link to confirm an address signs nobody in, and confirms for nobody else', async t => {
  const { urls } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const email = newMailbox()
  const [, token] = await linkSentTo(t.context, email, () => ada.call('email:change', { email }))
  t.is(reasonOf(await post(urls[0], '/v1/auth/link/open', { token })), 'link_over')
  t.is((await bob.refused('email:confirm', { token })).reason, 'link_over')
  t.is((await bob.call('account:get', {})).email, null)
  await ada.call('email:confirm', { token })
  t.is((await ada.refused('email:confirm', { token })).reason, 'link_over')
})

test('an address that another account has is not given', async t => {
  const email = newMailbox()
  const [ada] = await t.context.cast('Ada')
  const bob = await signUpByMail(t.context, 'Bob', email)
  t.teardown(() => bob.client.close())
  const [, token] = await linkSentTo(t.context, email, () => ada.call('email:change', { email }))
  t.is((await ada.refused('email:confirm', { token })).reason, 'contact_taken')
  t.is((await bob.call('account:get', {})).email, email)
  t.is((await ada.call('account:get', {})).email, null)
})

test('nobody is told by the answer whether an address has an account', async t => {
  const [ada] = await t.context.cast('Ada')
  const [taken, free] = [newMailbox(), newMailbox()]
  const bob = await signUpByMail(t.context, 'Bob', taken)
  t.teardown(() => bob.client.close())
  const answers = [await ada.call('email:change', { email: taken }), await ada.call('email:change', { email: free })]
  t.deepEqual(
    answers.map(answer => Object.keys(answer)),
    [['expiresAt'], ['expiresAt']],
  )
})

test('who asks for somebody else’s new address does not void what was sent to them', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const email = newMailbox()
  const [, token] = await linkSentTo(t.context, email, () => ada.call('email:change', { email }))
  await linkSentTo(t.context, email, () => bob.call('email:change', { email }))
  t.deepEqual(await ada.call('email:confirm', { token }), { dueAt: null })
})

test('who throws everybody else out, or chooses a new password, calls off what was on its way', async t => {
  const ada = await signUpByMail(t.context, 'Ada')
  t.teardown(() => ada.client.close())
  const password = 'a quite long password'
  for (const throwOut of [
    () => ada.call('session:end_all', { others: true }),
    () => ada.call('password:set', { password }),
  ]) {
    t.truthy((await proveMailbox(t.context, ada)).dueAt)
    await throwOut()
    t.deepEqual((await ada.call('account:get', {})).changes, [])
  }
})
