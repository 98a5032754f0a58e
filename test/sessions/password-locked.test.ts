import anyTest from 'ava'
import { linkSentTo, toldOf } from '../support/inbox.ts'
import { newMailbox, signUpByMail } from '../support/mailbox.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { givePassword, PASSWORD, tryPassword } from './support/password.ts'
import { dataOf, post, reasonOf, sendCode } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

const OTHER = 'another long password'
const WRONG = 'not the password'

const setFailures = ({ db }: World, { id }: Person, failures: object) =>
  db('authentication').where({ user_id: id }).update(failures)
const lastDone = async (person: Person) => (await person.call('activity:list', {})).items[0]?.type

test('after a hundred wrong guesses in a row strangers guess no more, and shut out nobody but strangers', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  const login = ada.phone
  const { deviceToken = '' } = dataOf(await tryPassword(t.context, { login }))
  await setFailures(t.context, ada, { failures: 99 })
  t.is(reasonOf(await tryPassword(t.context, { login, password: WRONG })), 'wrong_password')
  t.is(reasonOf(await tryPassword(t.context, { login })), 'wrong_password')
  await toldOf(t.context, ada.phone, /guessed at too often/)
  t.is(await lastDone(ada), 'account_locked')

  t.true((await tryPassword(t.context, { login, deviceToken })).ok)
  t.true((await tryPassword(t.context, { login })).ok)
  for (const opens of [
    async () =>
      post(t.context.urls[0], '/v1/auth/verify', { ...(await sendCode(t.context, ada.phone)), password: PASSWORD }),
    async () => ({ ok: Boolean(await ada.call('password:set', { password: OTHER, current: PASSWORD })) }),
  ]) {
    await setFailures(t.context, ada, { failures: 100 })
    t.true((await opens()).ok)
  }
})

test('after a hundred wrong ones by who has a code, a session or a known device it is right no more until it is chosen anew', async t => {
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  t.teardown(() => ada.client.close())
  await givePassword(t.context, ada)
  const { deviceToken = '' } = dataOf(await tryPassword(t.context, { login: email }))
  await setFailures(t.context, ada, { known_failures: 99 })
  t.is((await ada.refused('password:set', { password: OTHER, current: WRONG })).reason, 'wrong_password')
  await toldOf(t.context, email, /guessed at too often/)
  t.is(await lastDone(ada), 'account_locked')
  t.is((await ada.refused('password:set', { password: OTHER, current: PASSWORD })).reason, 'wrong_password')
  t.is(reasonOf(await tryPassword(t.context, { login: email, deviceToken })), 'wrong_password')

  const [, token] = await linkSentTo(t.context, email, async () =>
    dataOf(await post(t.context.urls[0], '/v1/auth/reset', { email })),
  )
  dataOf(await post(t.context.urls[1], '/v1/auth/reset/choose', { token, password: OTHER }))
  t.like(await t.context.db('authentication').where({ user_id: ada.id }).first(), { failures: 0, known_failures: 0 })
  t.true((await tryPassword(t.context, { login: email, password: OTHER })).ok)
})
