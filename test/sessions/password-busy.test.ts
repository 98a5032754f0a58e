import anyTest from 'ava'
import { newMailbox } from '../support/mailbox.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { tryPassword } from './support/password.ts'
import { reasonOf } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { PASSWORD_COST: '12' } })

test('a guess that there is no time to look at is refused at once, and is not counted', async t => {
  const logins = Array.from({ length: 60 }, () => newMailbox())
  const answers = await Promise.all(logins.map(login => tryPassword(t.context, { login })))
  const refused = answers.filter(answer => reasonOf(answer) === 'too_fast')
  t.true(refused.length > 0 && refused.length < 60, `${refused.length}`)
  for (const answer of refused) t.true(!answer.ok && (answer.error.retryAfterMs ?? 0) > 0)
  const [guesses] = await t.context.db('password_guesses').count<{ count: number }[]>('*')
  t.is(Number(guesses?.count), 60 - refused.length)
})
