import anyTest from 'ava'
import { linkSentTo, toldOf } from '../support/inbox.ts'
import { newMailbox, signUpByMail } from '../support/mailbox.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { givePassword, PASSWORD, tryPassword } from './support/password.ts'
import { dataOf, post, reasonOf } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

test('after a hundred wrong guesses in a row a password is right no more until it is chosen anew', async t => {
  const { db, urls } = t.context
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  t.teardown(() => ada.client.close())
  await givePassword(ada)
  await db('authentication').where({ user_id: ada.id }).update({ failures: 99 })
  t.is(reasonOf(await tryPassword(t.context, { login: email, password: 'not the password' })), 'wrong_password')
  t.is(reasonOf(await tryPassword(t.context, { login: email })), 'wrong_password')
  await toldOf(t.context, email, /guessed at too often/)
  t.is((await ada.call('activity:list', {})).items[0]?.type, 'account_locked')
  t.is(
    (await ada.refused('password:set', { password: 'another long password', current: PASSWORD })).reason,
    'wrong_password',
  )

  const [, token] = await linkSentTo(t.context, email, async () =>
    dataOf(await post(urls[0], '/v1/auth/reset', { email })),
  )
  dataOf(await post(urls[1], '/v1/auth/reset/choose', { token, password: 'another long password' }))
  t.true((await tryPassword(t.context, { login: email, password: 'another long password' })).ok)
})
