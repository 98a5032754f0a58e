import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { dataOf, post, type AppTokens } from '../sessions/support/phone.ts'
import { toldOf } from '../support/inbox.ts'
import { newMailbox } from '../support/mailbox.ts'
import { idTokenOf } from '../support/provider.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { ageProofs } from './support/again.ts'

const test = anyTest as WorldTest
withWorld(test)

const start = ({ urls }: World, idToken: string) => post<AppTokens>(urls[1], '/v1/auth/provider', { idToken })

test('who has proven both is linked, signs in by the provider from then on, and is told', async t => {
  const [ada] = await t.context.cast('Ada')
  const uid = randomUUID()
  t.deepEqual(await ada.call('provider:link', { idToken: await idTokenOf(t.context, { uid }) }), {
    provider: 'google.com',
  })
  await toldOf(t.context, ada.phone, /by another provider/)
  t.is(dataOf(await start(t.context, await idTokenOf(t.context, { uid }))).userId, ada.id)
  t.deepEqual((await ada.call('account:get', {})).providers, ['google.com'])

  await ada.call('provider:unlink', { provider: 'google.com' })
  t.like(await start(t.context, await idTokenOf(t.context, { uid })), { error: { reason: 'no_email' } })
  t.is((await ada.refused('provider:unlink', { provider: 'google.com' })).code, 'not_found')
})

test('a proof that is not fresh, on either side, links nothing', async t => {
  const [ada] = await t.context.cast('Ada')
  const uid = randomUUID()
  const stale = await idTokenOf(t.context, { uid, ago: 700 })
  t.is((await ada.refused('provider:link', { idToken: stale })).reason, 'prove_again')
  await ageProofs(t.context, ada)
  const fresh = await idTokenOf(t.context, { uid })
  t.is((await ada.refused('provider:link', { idToken: fresh })).reason, 'prove_again')
  t.is((await ada.refused('provider:link', { idToken: `${fresh}x` })).reason, 'id_token')
  t.deepEqual((await ada.call('account:get', {})).providers, [])
})

test('what one account is linked to is not linked to another', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const uid = randomUUID()
  await ada.call('provider:link', { idToken: await idTokenOf(t.context, { uid }) })
  t.is((await bob.refused('provider:link', { idToken: await idTokenOf(t.context, { uid }) })).reason, 'provider_taken')
  t.is(dataOf(await start(t.context, await idTokenOf(t.context, { uid, email: newMailbox() }))).userId, ada.id)
})

test('of two providers by which one person signs in each is linked by itself', async t => {
  const [ada] = await t.context.cast('Ada')
  const uid = randomUUID()
  const [google, apple] = [
    await idTokenOf(t.context, { uid }),
    await idTokenOf(t.context, { uid, provider: 'apple.com' }),
  ]
  await ada.call('provider:link', { idToken: google })
  t.like(await start(t.context, apple), { error: { reason: 'no_email' } })
  await ada.call('provider:link', { idToken: apple })
  await ada.call('provider:unlink', { provider: 'google.com' })
  t.is(dataOf(await start(t.context, apple)).userId, ada.id)
  t.like(await start(t.context, google), { error: { reason: 'no_email' } })
})

test('a proof of a provider whose clock is ahead is one of now', async t => {
  const [uid, email] = [randomUUID(), newMailbox()]
  const { sessionId } = dataOf(await start(t.context, await idTokenOf(t.context, { uid, email, ago: -120 })))
  const session = (await t.context.db('sessions').where({ id: sessionId }).first()) as { authenticated_at: Date }
  t.true(session.authenticated_at.getTime() <= Date.now())
})

test('who comes by a stale proof of a provider has to prove anew what is sensitive', async t => {
  const [uid, email] = [randomUUID(), newMailbox()]
  const { sessionId } = dataOf(await start(t.context, await idTokenOf(t.context, { uid, email, ago: 700 })))
  const session = (await t.context.db('sessions').where({ id: sessionId }).first()) as { authenticated_at: Date }
  t.true(session.authenticated_at.getTime() < Date.now() - 600_000)
})
