import anyTest from 'ava'
import { newRings, withProcesses } from '../identity/support/rings.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { newPhone, post, reasonOf, sendCode, verify, wrong, type Sent } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

test('a phone is guessed at ten times a day, and its new code voids the old one, also while keys are changed', async t => {
  const { env } = t.context
  const [guessed, phone] = [newPhone(), newPhone()]
  const guess = async (reach: Parameters<typeof verify>[0], sent: Sent) => {
    for (let n = 1; n <= 5; n++) t.is(reasonOf(await verify(reach, wrong(sent, n))), 'wrong_code')
  }
  const old = await withProcesses(env, async reach => {
    await guess(reach, await sendCode(reach, guessed))
    return sendCode(reach, phone)
  })
  await withProcesses(newRings(t.context, 'kept'), async reach => {
    await guess(reach, await sendCode(reach, guessed))
    t.is(reasonOf(await post(reach.urls[0], '/v1/auth/code', { phone: guessed })), 'too_many_tries')
    const sent = await sendCode(reach, phone)
    t.is(reasonOf(await verify(reach, old)), 'code_over')
    t.is(reasonOf(await verify(reach, sent)), 'ok')
  })
})

test('what was counted counts on while keys are changed', async t => {
  const phone = newPhone()
  const ask = (env: NodeJS.ProcessEnv) =>
    withProcesses({ ...env, LIMIT_SCALE: '1' }, async ({ urls }) =>
      reasonOf(await post(urls[0], '/v1/auth/code', { phone })),
    )
  t.is(await ask(t.context.env), 'ok')
  t.is(await ask(newRings(t.context, 'kept')), 'too_fast')
})
