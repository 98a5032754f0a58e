import anyTest from 'ava'
import type { Tokens } from '../../client/index.ts'
import { accessTokens } from '../../src/infra/tokens.ts'
import { signedWire, tokenOf } from '../attacks/support/wire.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
const SECONDS = 5
const GRACE_MS = 15_000
withWorld(test, { env: { ACCESS_TOKEN_SECONDS: String(SECONDS) } })

/** A token that is good for so many seconds. */
function issue({ config }: World, { userId, sessionId }: Pick<Tokens, 'userId' | 'sessionId'>, ttlSeconds: number) {
  const tokens = accessTokens({ ...config.keys.access, issuer: 'kith', audience: 'kith', ttlSeconds })
  return tokens.issue(userId, sessionId, 0)
}

test('a client that is told of the end of its token renews it, and its connection lives on', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  let readies = 0
  ada.client.onReady(() => (readies += 1))
  const first = await ada.client.auth.tokens()
  const until = Date.now() + 3 * SECONDS * 1000 + GRACE_MS
  while (Date.now() < until) {
    await ada.call('session:list', {})
    await new Promise(resolve => setTimeout(resolve, 1000))
  }
  t.is(readies, 0)
  t.not((await ada.client.auth.tokens())?.accessToken, first?.accessToken)
  await bob.call('session:list', {})
})

test('a socket may speak for 15 seconds after its token, and then hears nothing more', async t => {
  const [ada] = await t.context.cast('Ada')
  const { urls } = t.context
  const tokens = (await ada.client.auth.tokens()) as Tokens
  const { token, expiresAt } = await issue(t.context, tokens, 4)
  const wire = await signedWire(urls[0], token)
  const told = await wire.frame('42["session:expiring"')
  t.is(told, `42["session:expiring",{"expiresAt":"${expiresAt.toISOString()}"}]`)
  t.true(Date.now() < expiresAt.getTime() - 2000)

  await new Promise(resolve => setTimeout(resolve, expiresAt.getTime() + 10_000 - Date.now()))
  t.like(await wire.ask('session:list', '{}'), { ok: true })
  await wire.closed
  const late = Date.now() - expiresAt.getTime() - GRACE_MS
  t.true(late > -100 && late < 2000, String(late))
  t.regex(wire.frames.at(-1) ?? '', /^42\["socket:closing",\{"reason":"expired","afterMs":\d+\}\]$/)
})

test('only a token of the same person and session renews, and none that is not good', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const tokens = (await ada.client.auth.tokens()) as Tokens
  const bobs = (await bob.client.auth.tokens()) as Tokens
  const wire = await signedWire(t.context.urls[0], await tokenOf(ada))
  await wire.frame('42["log:ready"')
  const renew = (accessToken: string) => wire.ask('session:renew', JSON.stringify({ accessToken }))
  const others = [
    (await issue(t.context, bobs, 5)).token,
    (await issue(t.context, { ...tokens, sessionId: bobs.sessionId }, 5)).token,
    (await issue(t.context, { ...tokens, userId: bobs.userId }, 5)).token,
    (await issue(t.context, tokens, -60)).token,
    'a.b.c',
  ]
  for (const other of others) t.like(await renew(other), { ok: false, error: { code: 'unauthenticated' } })
  t.like(await wire.ask('session:list', '{}'), { ok: true })

  const { token, expiresAt } = await issue(t.context, tokens, 5)
  t.like(await renew(token), { ok: true, data: { expiresAt: expiresAt.toISOString() } })
  wire.vanish()
})

test('an ended session renews nothing', async t => {
  const [ada] = await t.context.cast('Ada')
  const tokens = (await ada.client.auth.tokens()) as Tokens
  const { token } = await issue(t.context, tokens, 5)
  const wire = await signedWire(t.context.urls[1], token)
  await wire.frame('42["log:ready"')
  await ada.call('session:end', {})
  const ack = await wire.ask('session:renew', JSON.stringify({ accessToken: token }))
  t.true(ack === null || !ack.ok)
  await wire.closed
  t.regex(wire.frames.join('\n'), /"session:ended",\{"reason":"signed_out"\}|"session:ended",\{"reason":"revoked"\}/)
})
