import { createHash } from 'node:crypto'
import anyTest from 'ava'
import { PASSWORD, givePassword, tryPassword } from '../sessions/support/password.ts'
import { dataOf, enter, post, reasonOf, refresh } from '../sessions/support/phone.ts'
import { linkSentTo, toldOf } from '../support/inbox.ts'
import { newMailbox, proveMailbox, signUpByMail } from '../support/mailbox.ts'
import { messagesTo } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { ageProofs } from './support/again.ts'

const test = anyTest as WorldTest
withWorld(test)

const OTHER = 'another long password'

const requestReset = async ({ urls }: World, email: string) => dataOf(await post(urls[0], '/v1/auth/reset', { email }))
const choose = ({ urls }: World, token: string, password = OTHER) =>
  post(urls[1], '/v1/auth/reset/choose', { token, password })

test('a password is chosen, and changed by who knows the one before; all other devices are signed out', async t => {
  const [ada] = await t.context.cast('Ada')
  const phone = await enter(t.context, ada.phone)
  await givePassword(t.context, ada)
  t.is(reasonOf(await refresh(t.context, phone.refreshToken)), 'refresh')
  await toldOf(t.context, ada.phone, /password was changed/)

  await ageProofs(t.context, ada)
  const laptop = dataOf(await tryPassword(t.context, { login: ada.phone }))
  t.is((await ada.refused('password:set', { password: OTHER })).reason, 'wrong_password')
  t.is((await ada.refused('password:set', { password: OTHER, current: 'not the password' })).reason, 'wrong_password')
  t.is(reasonOf(await refresh(t.context, laptop.refreshToken)), 'ok')
  await ada.call('password:set', { password: OTHER, current: PASSWORD })
  t.true((await tryPassword(t.context, { login: ada.phone, password: OTHER })).ok)
  t.is(reasonOf(await tryPassword(t.context, { login: ada.phone })), 'wrong_password')
  t.is((await ada.call('account:get', {})).hasPassword, true)
})

test('a password wants a mailbox by which it can be chosen anew', async t => {
  const [ada] = await t.context.cast('Ada')
  t.like((await ada.refused('password:set', { password: PASSWORD })).wire, { code: 'conflict', reason: 'no_mailbox' })
  t.is((await ada.call('account:get', {})).hasPassword, false)
})

test('what is remembered of choosing one does not let it be guessed at', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  const guess = createHash('sha256').update(JSON.stringify(['password:set', [['password', PASSWORD]]]))
  const kept = await t.context.db('remembered_acks').where({ user_id: ada.id }).select<{ digest: Buffer }[]>('digest')
  t.true(kept.length > 0)
  t.deepEqual(
    kept.filter(({ digest }) => digest.equals(guess.copy().digest())),
    [],
  )
})

test('a password that is short, long or guessed first is refused by its name, and changes nothing', async t => {
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  t.teardown(() => ada.client.close())
  const guessed = ['unbelievable', 'QWERTYUIOP123', email, `${email.split('@')[0]}1234`, 'kithkithkith']
  for (const password of ['eleven char', 'x'.repeat(129), ...guessed]) {
    const refused = await ada.refused('password:set', { password })
    t.like(refused.wire, { code: 'bad_request', reason: 'invalid' }, password)
    t.deepEqual(Object.keys(refused.fields), ['password'])
  }
  t.is((await ada.call('account:get', {})).hasPassword, false)
  await givePassword(t.context, ada, '🙂 every character is as good as another 密码')
})

test('a forgotten password is chosen anew by a link, which ends every session', async t => {
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  const ended = new Promise<string>(resolve => ada.client.onEnded(resolve))
  await givePassword(t.context, ada)
  await proveMailbox(t.context, ada) // by a thief, say
  const [, token] = await linkSentTo(t.context, email, () => requestReset(t.context, email))
  t.true((await choose(t.context, token)).ok)
  t.is(await ended, 'password')
  t.deepEqual(await t.context.db('contact_changes').where({ user_id: ada.id }), [])
  await toldOf(t.context, email, /password was changed/)
  t.true((await tryPassword(t.context, { login: email, password: OTHER })).ok)
  t.is(reasonOf(await choose(t.context, token)), 'link_over')
})

test('a link to choose a password is void once another is chosen, the address changed, or a newer link sent', async t => {
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  t.teardown(() => ada.client.close())
  const reset = async () => (await linkSentTo(t.context, email, () => requestReset(t.context, email)))[1]
  const [first, second] = [await reset(), await reset()]
  t.is(reasonOf(await choose(t.context, first)), 'link_over')
  await givePassword(t.context, ada)
  t.is(reasonOf(await choose(t.context, second)), 'link_over')
  t.is(reasonOf(await choose(t.context, await reset(), 'unbelievable')), 'invalid')
  t.true((await tryPassword(t.context, { login: email })).ok)
})

test('whether a mailbox has an account is told neither by the answer nor by the mailbox of another', async t => {
  const { env } = t.context
  const [known, unknown] = [newMailbox(), newMailbox()]
  const ada = await signUpByMail(t.context, 'Ada', known)
  t.teardown(() => ada.client.close())
  const [told] = await linkSentTo(t.context, known, () => requestReset(t.context, known))
  t.deepEqual(await requestReset(t.context, unknown), told)
  // Once a later mail has come, none to the unknown mailbox is on its way.
  await linkSentTo(t.context, known, () => requestReset(t.context, known))
  t.is((await messagesTo(env.SMS_ENDPOINT ?? '', unknown)).length, 0)
})

test('a link for one purpose is good for no other', async t => {
  const { urls } = t.context
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  t.teardown(() => ada.client.close())
  const [, reset] = await linkSentTo(t.context, email, () => requestReset(t.context, email))
  const [, signIn] = await linkSentTo(t.context, email, () => ada.client.auth.requestLink(email))
  t.is(reasonOf(await post(urls[0], '/v1/auth/link/open', { token: reset })), 'link_over')
  t.is(reasonOf(await choose(t.context, signIn)), 'link_over')
  t.is((await ada.refused('email:confirm', { token: reset })).reason, 'link_over')
})
