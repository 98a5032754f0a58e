import { createHmac, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import test from 'ava'
import { parseJson } from '../../../src/local/files.ts'
import { googleClaims, openGoogle } from './support/google.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = () => Math.floor(Date.now() / 1000)

/** The claims of a token that would be good, were it signed by Google. */
const claims = () => ({
  iss: 'https://securetoken.google.com/kith-local',
  aud: 'kith-local',
  sub: 'ada',
  auth_time: now() - 5,
  iat: now() - 5,
  exp: now() + 3600,
  ...googleClaims,
})
const head = { alg: 'RS256', kid: 'kith-local', typ: 'JWT' }
const signed = (header: object, sign: (text: string) => string) => {
  const text = [header, claims()].map(encode).join('.')
  return `${text}.${sign(text)}`
}

test('a token for somebody else, of somebody else, or out of its time is not good', async t => {
  const { identify, mint } = await openGoogle(t)
  for (const wish of [
    { projectId: 'other' },
    { claims: { aud: 'other' } },
    { claims: { aud: ['kith-local'] } },
    { claims: { iss: 'https://securetoken.google.com/other' } },
    { claims: { iss: 'https://accounts.google.com' } },
    { expiresInSeconds: -60 },
    { claims: { nbf: now() + 600 } },
    { claims: { sub: '' } },
    { claims: { sub: 7 } },
    { claims: { sub: 'a'.repeat(129) } },
  ])
    t.is(await identify(mint(wish)), null, JSON.stringify(wish))
  t.like(await identify(mint()), { subject: 'ada' })
})

test('a token that Google did not sign is not good, whatever it says of how it is signed', async t => {
  const { google, identify } = await openGoogle(t)
  const url = `${google.url}/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com`
  const [pem = ''] = Object.values(parseJson<Record<string, string>>(await (await fetch(url)).text()))
  t.regex(pem, /BEGIN PUBLIC KEY/)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const hmac = (text: string) => createHmac('sha256', pem).update(text).digest('base64url')
  const rsa = (text: string) => createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')

  const forged = {
    'no algorithm': signed({ ...head, alg: 'none' }, () => ''),
    'no algorithm, and something for a signature': signed({ ...head, alg: 'none' }, () => 'AAAA'),
    'the public key as a secret': signed({ ...head, alg: 'HS256' }, hmac),
    'the public key as a secret, said to be RS256': signed(head, hmac),
    'another key': signed(head, rsa),
    'another key by its own id': signed({ ...head, kid: 'other' }, rsa),
    'another key by no id': signed({ alg: 'RS256', typ: 'JWT' }, rsa),
    'another key that it brings along': signed({ ...head, jwk: privateKey.export({ format: 'jwk' }) }, rsa),
    'an id that every object has': signed({ ...head, kid: 'constructor' }, rsa),
    'an id that is no text': signed({ ...head, kid: { a: 1 } }, rsa),
  }
  t.like(await identify(google.mintIdToken({ uid: 'ada', claims: claims() })), { subject: 'ada' })
  for (const [how, token] of Object.entries(forged)) t.is(await identify(token), null, how)
})

test('a token that was cut or changed is not good', async t => {
  const { identify, mint } = await openGoogle(t)
  const token = mint()
  const [header = '', body = '', signature = ''] = token.split('.')
  const eve = encode({ ...claims(), sub: 'eve' })
  for (const broken of [
    token.slice(0, -1),
    token.slice(0, -20),
    `${header}.${body}`,
    `${header}.${body}.`,
    `${header}.${eve}.${signature}`,
    `${body}.${header}.${signature}`,
    `${token}.${signature}`,
    ` ${token}`,
    `${token}\n`,
  ])
    t.is(await identify(broken), null, broken)
})

test('garbage is nobody, of whatever size', async t => {
  const { identify, mint } = await openGoogle(t)
  const json = (value: string) => Buffer.from(value).toString('base64url')
  for (const garbage of [
    '',
    'token',
    '..',
    'a.b.c',
    [encode(head), json('not json'), 'AAAA'].join('.'),
    [encode(head), json('null'), 'AAAA'].join('.'),
    [encode(head), json('[]'), 'AAAA'].join('.'),
    [json('null'), encode(claims()), 'AAAA'].join('.'),
    randomBytes(600).toString('base64url'),
    'a'.repeat(10_000),
    mint({ claims: { padding: 'a'.repeat(10_000) } }),
  ])
    t.is(await identify(garbage), null, garbage.slice(0, 80))
})
