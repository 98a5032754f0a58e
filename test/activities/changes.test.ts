import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { givePassword } from '../sessions/support/password.ts'
import { toldOf } from '../support/inbox.ts'
import { proveMailbox } from '../support/mailbox.ts'
import { signIn, type Person } from '../support/person.ts'
import { idTokenOf } from '../support/provider.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const typesOf = async (person: Person) =>
  (await person.call('activity:list', {})).items.map(({ type }) => type).toReversed()

test('by which providers one can sign in is on one’s own list, from when it began to when it ended', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const idToken = await idTokenOf(t.context, { uid: randomUUID() })
  await ada.call('provider:link', { idToken })
  t.is((await bob.refused('provider:link', { idToken })).reason, 'provider_taken')
  await ada.call('provider:unlink', { provider: 'google.com' })
  await ada.refused('provider:unlink', { provider: 'google.com' })
  t.deepEqual(await typesOf(ada), ['login', 'provider_linked', 'provider_unlinked'])
  t.deepEqual(await typesOf(bob), ['login'])
})

test('a contact on its way is on the list, and that it was called off, whichever way', async t => {
  const [ada] = await t.context.cast('Ada')
  await proveMailbox(t.context, ada)
  await proveMailbox(t.context, ada)
  await ada.call('contact:cancel', { kind: 'email' })
  await ada.refused('contact:cancel', { kind: 'email' })
  await proveMailbox(t.context, ada)
  await givePassword(t.context, ada)
  t.deepEqual(await typesOf(ada), [
    'login',
    'email_changed', // at once, as the account is new and had none
    'change_pending',
    'change_cancelled',
    'change_pending',
    'password_changed',
    'change_cancelled',
  ])
})

test('that one left for a while is on the list of who comes back', async t => {
  const [ada] = await t.context.cast('Ada')
  const ended = new Promise<string>(resolve => ada.client.onEnded(resolve))
  await ada.call('account:deactivate', {})
  await ended
  await toldOf(t.context, ada.phone, /is deactivated/)
  await signIn(ada.client, ada.phone, t.context.env.SMS_ENDPOINT ?? '')
  await ada.client.connect()
  t.deepEqual(await typesOf(ada), ['login', 'session_ended', 'account_deactivated', 'login'])
})
