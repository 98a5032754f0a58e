import anyTest from 'ava'
import { newMailbox, proveMailbox, signUpByMail } from '../support/mailbox.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { ageGuesses, givePassword, PASSWORD, tryPassword } from './support/password.ts'
import { newPhone, reasonOf } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { TRUSTED_HOPS: '1' } })

test('a person signs in with their phone or mailbox and a password, on either node', async t => {
  const email = newMailbox()
  const [ada] = await t.context.cast('Ada')
  const bob = await signUpByMail(t.context, 'Bob', email)
  t.teardown(() => bob.client.close())
  await Promise.all([givePassword(t.context, ada), givePassword(t.context, bob)])
  t.like(await tryPassword(t.context, { login: ada.phone }), { ok: true, data: { userId: ada.id } })
  t.like(await tryPassword(t.context, { login: ` ${email.toUpperCase()}` }, 1), { ok: true, data: { userId: bob.id } })
  t.is((await bob.call('activity:list', {})).items[0]?.type, 'login')
})

test('a wrong password, an account without one and no account at all are one answer', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await givePassword(t.context, ada)
  const answers = [
    await tryPassword(t.context, { login: ada.phone, password: 'not the password' }),
    await tryPassword(t.context, { login: bob.phone }),
    await tryPassword(t.context, { login: newPhone() }),
    await tryPassword(t.context, { login: newMailbox() }),
  ]
  for (const answer of answers) t.deepEqual({ ...answer, meta: null }, { ...answers[0], meta: null })
  t.like(answers[0], { status: 401, error: { code: 'unauthenticated', reason: 'wrong_password' } })
  t.is((await ada.call('activity:list', {})).items[0]?.type, 'login_failed')
})

test('a password is not cut short, folded or trimmed', async t => {
  const [ada] = await t.context.cast('Ada')
  const password = `${'long '.repeat(20)}end`
  await givePassword(t.context, ada, password)
  for (const near of [`${password}!`, password.slice(0, 72), password.toUpperCase(), ` ${password}`])
    t.is(reasonOf(await tryPassword(t.context, { login: ada.phone, password: near })), 'wrong_password')
  t.true((await tryPassword(t.context, { login: ada.phone, password })).ok)
})

test('of fifty guesses at once from fifty addresses five are looked at, whether or not there is an account', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  for (const login of [ada.phone, newMailbox()]) {
    const guess = (n: number) =>
      tryPassword(t.context, { login, password: `guess number ${n}`, from: `198.51.100.${n}` }, n % 2 === 0 ? 0 : 1)
    const reasons = (await Promise.all(Array.from({ length: 50 }, (_, n) => guess(n)))).map(reasonOf)
    t.is(reasons.filter(reason => reason === 'wrong_password').length, 5)
    t.is(reasons.filter(reason => reason === 'too_fast').length, 45)
  }
})

test.serial('each guess after the fifth waits twice as long, and the right one starts the count again', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  const wrong = { login: ada.phone, password: 'not the password' }
  for (let n = 1; n <= 5; n++) t.is(reasonOf(await tryPassword(t.context, wrong)), 'wrong_password')
  for (const seconds of [2, 4, 8]) {
    const refused = await tryPassword(t.context, { login: ada.phone })
    t.is(reasonOf(refused), 'too_fast')
    const { retryAfterMs = 0 } = refused.ok ? {} : refused.error
    t.true(retryAfterMs > 0 && retryAfterMs <= seconds * 1000, `${retryAfterMs} of ${seconds} s`)
    await ageGuesses(t.context, seconds)
    t.is(reasonOf(await tryPassword(t.context, wrong)), 'wrong_password')
  }
  await ageGuesses(t.context, 16)
  t.true((await tryPassword(t.context, { login: ada.phone })).ok)
  for (let n = 1; n <= 5; n++) t.is(reasonOf(await tryPassword(t.context, wrong)), 'wrong_password')
})

test('a phone and a mailbox of one account are one count', async t => {
  const email = newMailbox()
  const [ada] = await t.context.cast('Ada')
  await proveMailbox(t.context, ada, email)
  await givePassword(t.context, ada)
  for (let n = 1; n <= 5; n++) await tryPassword(t.context, { login: ada.phone, password: `guess number ${n}` })
  t.is(reasonOf(await tryPassword(t.context, { login: email })), 'too_fast')
})

test('strangers’ guesses do not make a device wait that the person has signed in on', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await Promise.all([givePassword(t.context, ada), givePassword(t.context, bob)])
  const signed = await tryPassword(t.context, { login: ada.phone })
  const bobs = await tryPassword(t.context, { login: bob.phone })
  const tokens = [signed, bobs].map(answer => (answer.ok ? (answer.data.deviceToken ?? '') : ''))
  for (let n = 1; n <= 5; n++) await tryPassword(t.context, { login: ada.phone, password: `guess number ${n}` })
  t.is(reasonOf(await tryPassword(t.context, { login: ada.phone })), 'too_fast')
  t.true((await tryPassword(t.context, { login: ada.phone, deviceToken: tokens[0] ?? '' })).ok)
  t.is(reasonOf(await tryPassword(t.context, { login: ada.phone, deviceToken: tokens[1] ?? '' })), 'too_fast')
  const forged = `dt1.${'A'.repeat(22)}.${'A'.repeat(43)}`
  t.is(reasonOf(await tryPassword(t.context, { login: ada.phone, deviceToken: forged })), 'too_fast')
})

test('a suspended person is told so only when the password is right', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  await t.context.db('users').where({ id: ada.id }).update({ status: 'suspended' })
  t.is(reasonOf(await tryPassword(t.context, { login: ada.phone, password: 'not the password' })), 'wrong_password')
  t.is(reasonOf(await tryPassword(t.context, { login: ada.phone, password: PASSWORD })), 'account_closed')
})

test('what is no login is refused by its name', async t => {
  for (const login of ['ada', '030901820', 'ada@', '']) {
    const answer = await tryPassword(t.context, { login })
    t.is(answer.status, 400, login)
    t.deepEqual(answer.ok ? [] : Object.keys(answer.error.fields ?? {}), ['login'])
  }
})
