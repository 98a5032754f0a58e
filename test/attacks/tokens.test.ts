import { randomBytes, randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { accessTokens, type TokenOptions } from '../../src/infra/tokens.ts'
import { createClient, memoryStore, type Ready, type Tokens } from '../../client/index.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { openWire, signedWire, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test)

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens that must not be believed, by what is wrong with them. */
async function forgeries({ config }: World, token: string): Promise<Record<string, string>> {
  const { access } = config.keys
  const own: TokenOptions = { ...access, issuer: 'kith', audience: 'kith', ttlSeconds: 600 }
  const [header = '', claims = '', signature = ''] = token.split('.')
  const { sub, sid } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string; sid: string }
  const signedBy = async (given: Partial<TokenOptions>) =>
    (await accessTokens({ ...own, ...given }).issue(sub, sid, 0)).token
  return {
    'signed with another key': await signedBy({ keys: { [access.activeKid]: randomBytes(32) } }),
    'of another key id': await signedBy({
      keys: { other: access.keys[access.activeKid] ?? randomBytes(32) },
      activeKid: 'other',
    }),
    'for another audience': await signedBy({ audience: 'other' }),
    'of another issuer': await signedBy({ issuer: 'other' }),
    expired: await signedBy({ ttlSeconds: -60 }),
    unsigned: `${part({ alg: 'none', typ: 'at+jwt', kid: access.activeKid })}.${claims}.`,
    'with a foreign key id': `${part({ alg: 'HS256', typ: 'at+jwt', kid: '../../etc/passwd' })}.${claims}.${signature}`,
    'with other claims': `${header}.${part({ sub: randomUUID(), sid, exp: 4e9 })}.${signature}`,
    cut: token.slice(0, -4),
    empty: '',
    'no token at all': 'a.b.c',
    long: 'x'.repeat(4000),
  }
}

test('no forged token connects, and none tells more than another', async t => {
  const [ada] = await t.context.cast('Ada')
  const answers = new Set<string>()
  for (const [what, token] of Object.entries(await forgeries(t.context, await tokenOf(ada)))) {
    if (token === '') continue // not well-formed, which is said
    const wire = await openWire(t.context.urls[0])
    await wire.send(`40${JSON.stringify({ token })}`)
    const answer = (await wire.frame('4')) ?? ''
    t.true(answer.startsWith('44'), what)
    answers.add(answer)
    wire.vanish()
  }
  t.is(answers.size, 1)
  t.regex([...answers][0] ?? '', /"code":"unauthenticated"/)
})

test('no forged token is believed over HTTP, and none tells more than another', async t => {
  const [ada] = await t.context.cast('Ada')
  const answers = new Set<string>()
  for (const [what, token] of Object.entries(await forgeries(t.context, await tokenOf(ada)))) {
    const response = await fetch(`${t.context.urls[0]}/v1/uploads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ contentType: 'image/png', bytes: 1 }),
    })
    t.is(response.status, 401, what)
    const { error } = (await response.json()) as { error: unknown }
    answers.add(JSON.stringify(error))
  }
  t.is(answers.size, 1)
})

test('the token of an ended session is good nowhere', async t => {
  const [ada] = await t.context.cast('Ada')
  const token = await tokenOf(ada)
  await ada.call('session:end', {})
  const response = await fetch(`${t.context.urls[0]}/v1/auth/sign-out`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  t.is(response.status, 401)
  const wire = await openWire(t.context.urls[1])
  await wire.send(`40${JSON.stringify({ token })}`)
  t.is(await wire.frame('42["session:ended",{"reason":"revoked"}'), '42["session:ended",{"reason":"revoked"}]')
  await wire.closed
})

test('a socket ends 15 s after its token, and a client that could not renew it comes back with a new one', async t => {
  t.timeout(40_000)
  const [ada] = await t.context.cast('Ada')
  const { config, urls } = t.context
  const tokens = (await ada.client.auth.tokens()) as Tokens
  const short = accessTokens({ ...config.keys.access, issuer: 'kith', audience: 'kith', ttlSeconds: 2 })
  const { token, expiresAt } = await short.issue(tokens.userId, tokens.sessionId, 0)

  const wire = await signedWire(urls[0], token)
  const store = memoryStore()
  await store.save({ ...tokens, accessToken: token }) // it takes this token for one that lasts
  const client = createClient({ url: urls[1], store })
  await client.connect()
  const back = new Promise<Ready>(resolve => client.onReady(resolve))
  await wire.closed
  t.true(Date.now() >= expiresAt.getTime() + 14_950)
  t.like(await back, { recovered: true, reason: 'resumed' })
  client.close()
})
