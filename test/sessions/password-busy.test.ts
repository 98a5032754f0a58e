import anyTest from 'ava'
import { newMailbox } from '../support/mailbox.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { givePassword, tryPassword } from './support/password.ts'
import { dataOf, reasonOf } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { PASSWORD_COST: '10' } })

test.serial('a guess that there is no time to look at is refused at once, and is not counted', async t => {
  const logins = Array.from({ length: 60 }, () => newMailbox())
  const answers = await Promise.all(logins.map(login => tryPassword(t.context, { login })))
  const refused = answers.filter(answer => reasonOf(answer) === 'too_fast')
  t.true(refused.length > 0 && refused.length < 60, `${refused.length}`)
  for (const answer of refused) t.true(!answer.ok && (answer.error.retryAfterMs ?? 0) > 0)
  const [guesses] = await t.context.db('password_guesses').count<{ count: number }[]>('*')
  t.is(Number(guesses?.count), 60 - refused.length)
})

test.serial('however many strangers wait, who comes from a device of their own has their turn', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  const { deviceToken = '' } = dataOf(await tryPassword(t.context, { login: ada.phone }))
  const crowd = Array.from({ length: 60 }, () => tryPassword(t.context, { login: newMailbox() }))
  const refusals = crowd.map(async answer => {
    if (reasonOf(await answer) !== 'too_fast') throw new Error('It was looked at')
  })
  await Promise.any(refusals)
  t.is(reasonOf(await tryPassword(t.context, { login: ada.phone })), 'too_fast')
  t.true((await tryPassword(t.context, { login: ada.phone, deviceToken })).ok)
  await Promise.all(crowd)
})
