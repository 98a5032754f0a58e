import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { dataOf, enter, newPhone, post, reasonOf, sendCode, verify } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a code sent to a phone makes an account the first time and finds it again later', async t => {
  const phone = newPhone()
  const first = await enter(t.context, phone)
  const second = await enter(t.context, phone)
  t.is(second.userId, first.userId)
  t.not(second.sessionId, first.sessionId)
  t.like(await t.context.db('users').where({ id: first.userId }).first(), { login_count: 2 })
})

test('other spellings of a phone are one account', async t => {
  const phone = '+4930901820'
  const spelled = ['+49 30 901820', ' +49 (0)30 90-18-20', '+49.30/901820', 'tel:+49-30-901820']
  const ids = []
  for (const spelling of spelled)
    ids.push(dataOf(await verify(t.context, await sendCode(t.context, phone, spelling))).userId)
  t.is(new Set(ids).size, 1)
})

test('what is no number with its country code is refused, and nothing is sent', async t => {
  for (const phone of ['030901820', '+49', '+49 30 90 18 20 55 55 55 55', '+999 12345678', 'my phone', '', ' ']) {
    const answer = await post(t.context.urls[0], '/v1/auth/code', { phone })
    t.like(answer, { status: 400, error: { code: 'bad_request', reason: 'invalid' } }, phone)
  }
})

test('two devices that prove one new phone at the same time, on two nodes, share one account', async t => {
  const phone = newPhone()
  const first = await sendCode(t.context, phone)
  const second = await sendCode(t.context, phone)
  // The second code voided the first; as if both had been asked for in the same instant.
  await t.context
    .db('challenges')
    .where({ id: first.challengeId })
    .update({ expires_at: new Date(Date.now() + 60_000) })
  const devices = await Promise.all([verify(t.context, first, 0), verify(t.context, second, 1)])
  const [one, other] = devices.map(dataOf)
  t.is(one?.userId, other?.userId)
  t.not(one?.sessionId, other?.sessionId)
})

test('two codes asked for in the same instant leave one that is good', async t => {
  const phone = newPhone()
  const ask = (url: string) => post<{ challengeId: string }>(url, '/v1/auth/code', { phone })
  const asked = (await Promise.all(t.context.urls.map(ask))).map(dataOf)
  const good = await t.context
    .db('challenges')
    .whereIn(
      'id',
      asked.map(({ challengeId }) => challengeId),
    )
    .where('expires_at', '>', new Date())
  t.is(good.length, 1)
})

test('a suspended account does not sign in, and its code is used up', async t => {
  const phone = newPhone()
  const { userId } = await enter(t.context, phone)
  await t.context.db('users').where({ id: userId }).update({ status: 'suspended' })
  const sent = await sendCode(t.context, phone)
  t.like(await verify(t.context, sent), { status: 403, error: { code: 'forbidden', reason: 'account_closed' } })
  t.is(reasonOf(await verify(t.context, sent)), 'code_over')
  t.is((await t.context.db('sessions').where({ user_id: userId })).length, 1)
})
