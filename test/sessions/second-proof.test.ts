import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { createClient } from '../../client/index.ts'
import { newMailbox, proveMailbox, requestLink } from '../support/mailbox.ts'
import type { Person } from '../support/person.ts'
import { idTokenOf } from '../support/provider.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { givePassword, PASSWORD } from './support/password.ts'
import { post, reasonOf, sendCode, wrong, type AppTokens, type Sent } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

const start = ({ urls }: World, input: Sent & { readonly password?: string; readonly linkToken?: string }) =>
  post<AppTokens>(urls[0], '/v1/auth/verify', input)

test('a code alone does not open an account that has a password; with it, it does', async t => {
  const { db } = t.context
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  const sent = await sendCode(t.context, ada.phone)
  const count = async () => (await db('sessions').where({ user_id: ada.id })).length
  const before = await count()
  t.like(await start(t.context, sent), { status: 401, error: { reason: 'second_proof' } })
  t.is(reasonOf(await start(t.context, { ...sent, password: 'not the password' })), 'wrong_password')
  t.is(await count(), before)
  t.like(await start(t.context, { ...sent, password: PASSWORD }), { ok: true, data: { userId: ada.id } })
  t.is(reasonOf(await start(t.context, { ...sent, password: PASSWORD })), 'code_over')
})

test('a password is no oracle for who does not have the phone', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  const sent = await sendCode(t.context, ada.phone)
  const answers = [
    await start(t.context, { ...wrong(sent), password: PASSWORD }),
    await start(t.context, { ...wrong(sent, 2), password: 'not the password' }),
  ]
  t.deepEqual({ ...answers[0], meta: null }, { ...answers[1], meta: null })
  t.is(reasonOf(answers[0] as never), 'wrong_code')
})

test('five tries at the second proof use up a code, like five tries at the code', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  const sent = await sendCode(t.context, ada.phone)
  for (let n = 1; n <= 5; n++)
    t.is(reasonOf(await start(t.context, { ...sent, password: `guess number ${n}` })), 'wrong_password')
  t.is(reasonOf(await start(t.context, { ...sent, password: PASSWORD })), 'code_over')
})

/** As if a person had not signed in for 91 days, nor used their sessions since so many days. */
async function leaveAlone({ db }: World, { id }: Person, days = 91): Promise<void> {
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
  await db('users')
    .where({ id })
    .update({ last_login_at: ago(91) })
  await db('sessions')
    .where({ user_id: id })
    .update({ last_used_at: ago(days) })
}

test('an account nobody used for ninety days wants a link of its mailbox, too', async t => {
  const [ada] = await t.context.cast('Ada')
  const email = newMailbox()
  await proveMailbox(t.context, ada, email)
  await leaveAlone(t.context, ada, 30)
  t.is(reasonOf(await start(t.context, await sendCode(t.context, ada.phone))), 'ok')
  await leaveAlone(t.context, ada)

  const sent = await sendCode(t.context, ada.phone)
  t.is(reasonOf(await start(t.context, sent)), 'second_proof')
  const client = createClient({ url: t.context.urls[0] })
  const others = await requestLink(t.context, client, newMailbox())
  t.is(reasonOf(await start(t.context, { ...sent, linkToken: others })), 'second_proof')
  const linkToken = await requestLink(t.context, client, email)
  t.like(await start(t.context, { ...sent, linkToken }), { ok: true, data: { userId: ada.id } })
  t.is(reasonOf(await start(t.context, await sendCode(t.context, ada.phone))), 'ok')
})

test('one that has no mailbox, but a provider, is opened by that', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const idToken = await idTokenOf(t.context, { uid: randomUUID() })
  await ada.call('provider:link', { idToken })
  for (const person of [ada, bob]) await leaveAlone(t.context, person)
  t.is(reasonOf(await start(t.context, await sendCode(t.context, bob.phone))), 'ok')
  t.is(reasonOf(await start(t.context, await sendCode(t.context, ada.phone))), 'second_proof')
  t.true((await post<AppTokens>(t.context.urls[1], '/v1/auth/provider', { idToken })).ok)
  t.is(reasonOf(await start(t.context, await sendCode(t.context, ada.phone))), 'ok')
})

test('a link that is opened by itself and beside a code at once is good for one of them, and neither waits in vain', async t => {
  const people = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  for (const person of people) {
    const email = newMailbox()
    await proveMailbox(t.context, person, email)
    await leaveAlone(t.context, person)
    const sent = await sendCode(t.context, person.phone)
    const token = await requestLink(t.context, createClient({ url: t.context.urls[0] }), email)
    const reasons = await Promise.all([
      start(t.context, { ...sent, linkToken: token }).then(reasonOf),
      post<AppTokens>(t.context.urls[1], '/v1/auth/link/open', { token }).then(reasonOf),
    ])
    t.deepEqual(reasons.toSorted(), ['link_over', 'ok'])
  }
})
