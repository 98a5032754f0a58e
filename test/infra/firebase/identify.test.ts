import test from 'ava'
import { openGoogle } from './support/google.ts'

const now = () => Math.floor(Date.now() / 1000)

test('a good token says who it is, how and when they signed in', async t => {
  const { identify, mint } = await openGoogle(t)
  const signedIn = now() - 60
  t.deepEqual(await identify(mint({ claims: { auth_time: signedIn } })), {
    provider: 'google.com',
    subject: 'ada',
    email: 'ada@kith.example',
    signedInAt: new Date(signedIn * 1000),
  })
})

test('an address that nobody verified is no address', async t => {
  const { identify, mint } = await openGoogle(t)
  for (const claims of [
    { email_verified: false },
    { email_verified: undefined },
    { email_verified: 'true' },
    { email: undefined },
    { email: '' },
  ])
    t.like(await identify(mint({ claims })), { subject: 'ada', email: null })
})

test('a token without a provider or a time of sign-in is not good', async t => {
  const { identify, mint } = await openGoogle(t)
  for (const claims of [{ firebase: undefined }, { firebase: {} }, { auth_time: undefined }, { auth_time: 'now' }])
    t.is(await identify(mint({ claims })), null, JSON.stringify(claims))
})

test('who must sign in again, is disabled or deleted is nobody until that is over', async t => {
  const { identify, mint, tell } = await openGoogle(t)
  const token = mint({ claims: { auth_time: now() - 60 } })
  for (const is of [{ validSince: now() - 30 }, { disabled: true }, { deleted: true }]) {
    await tell({ uid: 'ada', ...is })
    t.is(await identify(token), null, JSON.stringify(is))
    await tell({ uid: 'ada' })
    t.like(await identify(token), { subject: 'ada' })
  }
  await tell({ uid: 'ada', validSince: now() - 30 })
  t.like(await identify(mint({ claims: { auth_time: now() } })), { subject: 'ada' })
  t.like(await identify(mint({ uid: 'bob', claims: { auth_time: now() - 60 } })), { subject: 'bob' })
})
