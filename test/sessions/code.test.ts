import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { newPhone, post, reasonOf, sendCode, verify, wrong } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a wrong code is refused and counted, although nothing else of the attempt is kept', async t => {
  const sent = await sendCode(t.context, newPhone())
  t.like(await verify(t.context, wrong(sent)), {
    status: 401,
    error: { code: 'unauthenticated', reason: 'wrong_code' },
  })
  t.like(await t.context.db('challenges').where({ id: sent.challengeId }).first(), { attempts: 1, used_at: null })
  t.is(reasonOf(await verify(t.context, sent)), 'ok')
})

test('after five wrong codes the right one is refused like any other', async t => {
  const sent = await sendCode(t.context, newPhone())
  for (let n = 1; n <= 5; n++) t.is(reasonOf(await verify(t.context, wrong(sent, n))), 'wrong_code')
  const right = await verify(t.context, sent)
  const sixth = await verify(t.context, wrong(sent, 6))
  t.is(reasonOf(right), 'code_over')
  t.deepEqual({ ...right, meta: null }, { ...sixth, meta: null })
})

test('of twenty guesses at once on two nodes, five are looked at', async t => {
  const sent = await sendCode(t.context, newPhone())
  const guesses = Array.from({ length: 20 }, (_, i) => verify(t.context, wrong(sent, i + 1), i % 2 === 0 ? 0 : 1))
  const reasons = (await Promise.all(guesses)).map(reasonOf)
  t.is(reasons.filter(reason => reason === 'wrong_code').length, 5)
  t.true(
    reasons.every(reason => ['wrong_code', 'code_over', 'too_fast'].includes(reason)),
    reasons.join(' '),
  )
  t.like(await t.context.db('challenges').where({ id: sent.challengeId }).first(), { attempts: 5 })
})

test('ten wrong codes in a day close a phone, whatever codes they were for', async t => {
  const phone = newPhone()
  for (let code = 0; code < 2; code++) {
    const sent = await sendCode(t.context, phone)
    for (let n = 1; n <= 5; n++) t.is(reasonOf(await verify(t.context, wrong(sent, n))), 'wrong_code')
  }
  const refused = await post(t.context.urls[1], '/v1/auth/code', { phone })
  t.like(refused, { status: 429, error: { code: 'rate_limited', reason: 'too_many_tries' } })

  await t.context.db('challenges').update({ created_at: new Date(Date.now() - 25 * 3_600_000) })
  t.is(reasonOf(await verify(t.context, await sendCode(t.context, phone))), 'ok')
})

test('a code is good once, also when two devices use it at the same time', async t => {
  const sent = await sendCode(t.context, newPhone())
  const both = await Promise.all([verify(t.context, sent, 0), verify(t.context, sent, 1)])
  t.deepEqual(both.map(reasonOf).toSorted(), ['code_over', 'ok'])
  t.is(reasonOf(await verify(t.context, sent)), 'code_over')
})

test('a code that has expired is over', async t => {
  const sent = await sendCode(t.context, newPhone())
  await t.context
    .db('challenges')
    .where({ id: sent.challengeId })
    .update({ expires_at: new Date(Date.now() - 1) })
  t.is(reasonOf(await verify(t.context, sent)), 'code_over')
})

test('a new code voids the one before', async t => {
  const phone = newPhone()
  const old = await sendCode(t.context, phone)
  const sent = await sendCode(t.context, phone)
  t.is(reasonOf(await verify(t.context, old)), 'code_over')
  t.is(reasonOf(await verify(t.context, sent)), 'ok')
})

test('a code is good for its own challenge only', async t => {
  const mine = await sendCode(t.context, newPhone())
  const other = await sendCode(t.context, newPhone())
  t.is(reasonOf(await verify(t.context, { ...mine, code: other.code })), 'wrong_code')
  const unknown = { ...mine, challengeId: crypto.randomUUID() }
  t.is(reasonOf(await verify(t.context, unknown)), 'code_over')
})

test('what is no six digits is refused before it is counted', async t => {
  const sent = await sendCode(t.context, newPhone())
  for (const code of ['', '12345', '1234567', ' 12345', '12345a', '１２３４５６'])
    t.is(reasonOf(await verify(t.context, { ...sent, code })), 'invalid')
  t.like(await t.context.db('challenges').where({ id: sent.challengeId }).first(), { attempts: 0 })
})
