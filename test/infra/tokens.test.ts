import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import test from 'ava'
import { accessTokens, type TokenOptions } from '../../src/infra/tokens.ts'

const key = randomBytes(32)
const options: TokenOptions = {
  keys: { k1: key },
  activeKid: 'k1',
  issuer: 'https://kith.test',
  audience: 'kith',
  ttlSeconds: 600,
}
const tokens = accessTokens(options)
const [userId, sessionId] = [randomUUID(), randomUUID()]

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = () => Math.floor(Date.now() / 1000)

interface Forgery {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly secret?: Buffer
  readonly hash?: string
}

/** A token written by hand: right in everything but what is asked for. `undefined` leaves a field out. */
function forge({ header, claims, secret = key, hash = 'sha256' }: Forgery = {}): string {
  const head = { alg: 'HS256', typ: 'at+jwt', kid: 'k1', ...header }
  const [iat, exp] = [now(), now() + 600]
  const { issuer: iss, audience: aud } = options
  const body = { iss, aud, sub: userId, sid: sessionId, epoch: 0, jti: randomUUID(), iat, exp, ...claims }
  const text = `${encode(head)}.${encode(body)}`
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`
}

test('an issued token speaks for its user and session until it expires', async t => {
  const { token, expiresAt } = await tokens.issue(userId, sessionId, 3)
  const claims = await tokens.verify(token)

  t.deepEqual(claims, { userId, sessionId, epoch: 3, expiresAt: expiresAt.getTime() / 1000 })
  t.true(Math.abs(expiresAt.getTime() / 1000 - (now() + 600)) <= 2)
})

test('an issued token says ids and times and nothing else', async t => {
  const { token } = await tokens.issue(userId, sessionId, 0)
  const [head = '', body = ''] = token.split('.').map(part => Buffer.from(part, 'base64url').toString())

  t.deepEqual(JSON.parse(head), { alg: 'HS256', typ: 'at+jwt', kid: 'k1' })
  const parsed: unknown = JSON.parse(body)
  t.deepEqual(Object.keys(Object(parsed)).toSorted(), ['aud', 'epoch', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
})

test('two tokens for one session differ', async t => {
  t.not((await tokens.issue(userId, sessionId, 0)).token, (await tokens.issue(userId, sessionId, 0)).token)
})

test('a token written by hand with everything right is accepted', async t => {
  t.like(await tokens.verify(forge()), { userId, sessionId })
})

// The last character of 32 bytes in base64url has two bits to spare, which a lenient reader ignores.
const respelled = (token: string) => token.slice(0, -1) + String.fromCharCode(token.charCodeAt(token.length - 1) + 1)

const forgeries: Record<string, () => string> = {
  'signed with another key': () => forge({ secret: randomBytes(32) }),
  'of another type': () => forge({ header: { typ: 'JWT' } }),
  'of the type in another spelling': () => forge({ header: { typ: 'application/at+jwt' } }),
  'without a type': () => forge({ header: { typ: undefined } }),
  'with an unknown kid': () => forge({ header: { kid: 'k2' } }),
  'with a kid that every object has': () => forge({ header: { kid: 'constructor' } }),
  'without a kid': () => forge({ header: { kid: undefined } }),
  'of algorithm none': () => forge({ header: { alg: 'none' } }).replace(/[^.]+$/, ''),
  'of algorithm none that keeps its signature': () => forge({ header: { alg: 'none' } }),
  'of another HMAC with the right key': () => forge({ header: { alg: 'HS512' }, hash: 'sha512' }),
  'with an unknown critical header': () => forge({ header: { crit: ['x'], x: 1 } }),
  'that expired': () => forge({ claims: { iat: now() - 606, exp: now() - 6 } }),
  'older than any we issue': () => forge({ claims: { iat: now() - 700 } }),
  'from the future': () => forge({ claims: { iat: now() + 60 } }),
  'not valid yet': () => forge({ claims: { nbf: now() + 60 } }),
  'of another issuer': () => forge({ claims: { iss: 'https://evil.test' } }),
  'for another audience': () => forge({ claims: { aud: 'other' } }),
  'whose user is no uuid': () => forge({ claims: { sub: 'admin' } }),
  'whose session is no uuid': () => forge({ claims: { sid: '1' } }),
  'whose session is a list': () => forge({ claims: { sid: [sessionId] } }),
  'whose epoch is a word': () => forge({ claims: { epoch: '0' } }),
  'of an epoch before the first': () => forge({ claims: { epoch: -1 } }),
  'whose end is a word': () => forge({ claims: { exp: 'never' } }),
  'with a changed body': () => forge().replace(/\.[^.]+\./, `.${encode({ sub: userId, sid: sessionId })}.`),
  'with a fourth part': () => `${forge()}.x`,
  'with a space behind it': () => `${forge()} `,
  'with a line break in it': () => forge().replace('.', '.\n'),
  'with its signature in another spelling': () => respelled(forge()),
  ...Object.fromEntries(
    ['iss', 'aud', 'sub', 'sid', 'epoch', 'iat', 'exp', 'jti'].map(name => [
      `without ${name}`,
      () => forge({ claims: { [name]: undefined } }),
    ]),
  ),
}

for (const [name, make] of Object.entries(forgeries)) {
  test(`a token ${name} is refused`, async t => t.is(await tokens.verify(make()), null))
}

test('a token is still good for five seconds of clock difference', async t => {
  t.like(await tokens.verify(forge({ claims: { iat: now() - 600, exp: now() - 2 } })), { userId })
  t.like(await tokens.verify(forge({ claims: { iat: now() + 2 } })), { userId })
})

test('whatever is no string is refused without an error', async t => {
  for (const value of [undefined, null, 7, {}, [forge()], Buffer.from(forge()), Object(forge())]) {
    t.is(await tokens.verify(value), null)
  }
})

test('a token of more than 2 KB is refused though its signature is good', async t => {
  t.like(await tokens.verify(forge({ claims: { pad: 'x'.repeat(1000) } })), { userId })
  t.is(await tokens.verify(forge({ claims: { pad: 'x'.repeat(2000) } })), null)
  t.is(await tokens.verify('x'.repeat(1_000_000)), null)
})

test('a token signed with the previous key is good until that key is taken away', async t => {
  const { token } = await tokens.issue(userId, sessionId, 0)
  const fresh = randomBytes(32)
  t.like(await accessTokens({ ...options, keys: { k1: key, k2: fresh }, activeKid: 'k2' }).verify(token), { userId })
  t.is(await accessTokens({ ...options, keys: { k2: fresh }, activeKid: 'k2' }).verify(token), null)
})

test('tokens without a proper key are never built', t => {
  t.throws(() => accessTokens({ ...options, activeKid: 'k2' }), { message: /no key 'k2'/ })
  t.throws(() => accessTokens({ ...options, keys: { k1: randomBytes(31) } }), { message: /at least 32 bytes/ })
})
