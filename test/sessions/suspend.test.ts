import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import anyTest from 'ava'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { reasonOf, sendCode, verify } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

const accountOf =
  (env: NodeJS.ProcessEnv, { id }: Person) =>
  (action: string) =>
    promisify(execFile)(process.execPath, ['src/main/account.ts', action, id], { env })

test('a suspended person is out on every node at once, is found by nobody, and comes back when restored', async t => {
  const { env, cast } = t.context
  const [ada, bob] = await cast('Ada', 'Bob')
  const account = accountOf(env, ada)
  const tokens = await ada.client.auth.tokens()
  const ended = new Promise<string>(resolve => ada.client.onEnded(resolve))

  await account('suspend')

  t.is(await ended, 'suspended')
  t.is((await bob.refused('profile:get', { userId: ada.id })).code, 'not_found')
  const refreshed = await fetch(`${t.context.urls[1]}/v1/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken: tokens?.refreshToken }),
  })
  t.is(refreshed.status, 401)
  await t.throwsAsync(account('suspend'), { message: /There is no such person/ })

  await account('restore')
  t.like(await bob.call('profile:get', { userId: ada.id }), { displayName: 'Ada' })
})

test('who had left their account themselves has left it when it is restored', async t => {
  const { env, cast } = t.context
  const [ada, bob] = await cast('Ada', 'Bob')
  const account = accountOf(env, ada)
  await ada.call('account:deactivate', {})
  await account('suspend')
  t.is(reasonOf(await verify(t.context, await sendCode(t.context, ada.phone))), 'account_closed')
  await account('restore')
  t.is((await bob.refused('profile:get', { userId: ada.id })).code, 'not_found')
  t.true((await verify(t.context, await sendCode(t.context, ada.phone))).ok)
  t.like(await bob.call('profile:get', { userId: ada.id }), { displayName: 'Ada' })
})
