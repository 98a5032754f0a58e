import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { codeSentTo } from '../support/inbox.ts'
import { ageProofs } from './support/again.ts'

const test = anyTest as WorldTest
withWorld(test)

const SENSITIVE = [
  ['phone:change', { phone: '+4915112999999' }],
  ['email:change', { email: 'ada@example.com' }],
  ['password:set', { password: 'a quite long password' }],
  ['provider:unlink', { provider: 'google.com' }],
  ['account:deactivate', {}],
  ['account:delete', {}],
] as const

for (const [name, input] of SENSITIVE)
  test(`${name} wants a proof of the last ten minutes, and changes nothing without one`, async t => {
    const { db } = t.context
    const [ada] = await t.context.cast('Ada')
    await ageProofs(t.context, ada)
    const rows = async (): Promise<unknown> => [
      await db('users').where({ id: ada.id }).first(),
      await db('challenges').where({ user_id: ada.id }),
      await db('sessions').where({ user_id: ada.id }),
    ]
    const before = await rows()
    t.like((await ada.refused(name, input)).wire, { code: 'forbidden', reason: 'prove_again' })
    t.deepEqual(await rows(), before)
    t.deepEqual(await ada.hearsAll(), [])
  })

test('who proves anew who they are goes on with the session they have', async t => {
  const [ada] = await t.context.cast('Ada')
  const tokens = await ada.client.auth.tokens()
  await ageProofs(t.context, ada)
  const [{ challengeId }, code] = await codeSentTo(t.context, ada.phone, () => ada.client.auth.requestCode(ada.phone))
  const proven = await ada.call('session:start', { challengeId, code })
  t.like(proven, { userId: ada.id, sessionId: tokens?.sessionId, refreshToken: undefined })
  t.is((await ada.call('session:list', {})).items.length, 1)
  await ada.call('phone:change', { phone: '+4915112999998' })
})

test('who proves to be somebody else gets a session of that person, and proves nothing of their own', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await ageProofs(t.context, ada)
  const [{ challengeId }, code] = await codeSentTo(t.context, bob.phone, () => bob.client.auth.requestCode(bob.phone))
  const bobs = await ada.call('session:start', { challengeId, code })
  t.is(bobs.userId, bob.id)
  t.truthy(bobs.refreshToken)
  t.is((await ada.refused('account:delete', {})).reason, 'prove_again')
})
