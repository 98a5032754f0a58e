import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('the badge that staff gives is seen by all and heard on one’s devices, until they take it back', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const staff = (action: string, id: string = ada.id) =>
    promisify(execFile)(process.execPath, ['src/main/account.ts', action, id], { env: t.context.env })
  for (const [action, isVerified] of [
    ['verify', true],
    ['unverify', false],
  ] as const) {
    const { version } = await ada.call('profile:get', { userId: ada.id })
    await staff(action)
    const heard = await ada.next(
      'profile:updated',
      profile => profile.isVerified === isVerified && profile.version !== 1,
    )
    t.like(heard, { displayName: 'Ada', version: (version ?? 0) + 1 })
    t.is((await bob.call('profile:get', { userId: ada.id })).isVerified, isVerified)
    t.is((await ada.call('profile:update', { bio: action })).isVerified, isVerified)
  }
  await t.throwsAsync(staff('verify', crypto.randomUUID()), { message: /There is no such person/ })
})
