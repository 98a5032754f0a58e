import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { newMailbox, signUpByMail } from '../support/mailbox.ts'
import { idTokenOf } from '../support/provider.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { dataOf, post, reasonOf, type AppTokens } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

const start = ({ urls }: World, idToken: string, node: 0 | 1 = 0) =>
  post<AppTokens>(urls[node], '/v1/auth/provider', { idToken })

test('a provider that vouches for a mailbox makes an account the first time and finds it again later', async t => {
  const [uid, email] = [randomUUID(), newMailbox()]
  const first = dataOf(await start(t.context, await idTokenOf(t.context, { uid, email })))
  const again = dataOf(await start(t.context, await idTokenOf(t.context, { uid, email: newMailbox() }), 1))
  t.is(again.userId, first.userId)
  t.like(await t.context.db('authentication').where({ user_id: first.userId }).first(), {
    method: 'social',
    provider: 'google.com',
    password_hash: null,
  })
})

test('two first sign-ins at once, on two nodes, share one account', async t => {
  const [uid, email] = [randomUUID(), newMailbox()]
  const token = await idTokenOf(t.context, { uid, email })
  const both = await Promise.all([start(t.context, token, 0), start(t.context, token, 1)])
  t.is(new Set(both.map(answer => dataOf(answer).userId)).size, 1)
})

test('a provider alone does not open an account that has its mailbox already', async t => {
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  t.teardown(() => ada.client.close())
  const refused = await start(t.context, await idTokenOf(t.context, { uid: randomUUID(), email }))
  t.like(refused, { status: 409, error: { reason: 'link_first' } })
  t.is((await t.context.db('authentication').where({ user_id: ada.id })).length, 0)
  t.is((await ada.call('session:list', {})).items.length, 1)
})

test('a mailbox has one account, however the provider spells it, and what is none makes none', async t => {
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  t.teardown(() => ada.client.close())
  for (const spelling of [email.toUpperCase(), ` ${email} `]) {
    const token = await idTokenOf(t.context, { uid: randomUUID(), email: spelling })
    t.is(reasonOf(await start(t.context, token)), 'link_first')
  }
  for (const email of ['not an address', `${'x'.repeat(600)}@mail.example`, 'a\0b@mail.example']) {
    const token = await idTokenOf(t.context, { uid: randomUUID(), email })
    t.is(reasonOf(await start(t.context, token)), 'no_email')
  }
})

test('a sign-in that is still to come is no proof', async t => {
  const token = await idTokenOf(t.context, { uid: randomUUID(), email: newMailbox(), ago: -86_400 })
  t.is(reasonOf(await start(t.context, token)), 'id_token')
})

test('a mailbox the provider does not vouch for makes no account', async t => {
  for (const wish of [{ email: newMailbox(), verified: false }, {}]) {
    const answer = await start(t.context, await idTokenOf(t.context, { uid: randomUUID(), ...wish }))
    t.is(reasonOf(answer), 'no_email')
  }
})

test('whom Firebase vouches for by itself is signed in by no provider', async t => {
  for (const provider of ['anonymous', 'custom', 'password', 'phone']) {
    const token = await idTokenOf(t.context, { uid: randomUUID(), email: newMailbox(), provider })
    t.is(reasonOf(await start(t.context, token)), 'id_token', provider)
  }
})

test('what is no good ID token signs nobody in', async t => {
  const good = await idTokenOf(t.context, { uid: randomUUID(), email: newMailbox() })
  const [head = '', body = '', signature = ''] = good.split('.')
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
  const tampered = [
    `${head}.${body}.${signature.slice(0, -4)}AAAA`,
    `${none}.${body}.`,
    `${head}.${body}`,
    'x',
    'a.b.c',
  ]
  for (const token of tampered) t.is(reasonOf(await start(t.context, token)), 'id_token', token)
  t.true((await start(t.context, good)).ok)
})
