import { randomBytes } from 'node:crypto'
import test from 'ava'
import { redactLine, redactRecord } from '../../src/infra/telemetry/redact.ts'

const written = (record: object) => redactLine(JSON.stringify(redactRecord(record)))

test('what has a private name is withheld, however deep it lies and however it is spelt', t => {
  const names = [
    'phone',
    'phoneIndex',
    'email',
    'e-mail',
    'userEmail',
    'password',
    'pass',
    'accessToken',
    'refresh_token',
  ]
  const more = [
    'code',
    'smsCode',
    'otp',
    'Authorization',
    'set-cookie',
    'X-Forwarded-For',
    'content',
    'caption',
    'text',
  ]
  const most = ['message', 'lastMessage', 'body', 'rawBody', 'lat', 'lng', 'ip', 'clientIp', 'remoteAddress', 'address']
  for (const name of [...names, ...more, ...most, 'pid', 'signature', 'apiKey', 'deviceToken', 'TOKEN'])
    t.is(written({ a: [{ b: { [name]: 'canary' } }] }), `{"a":[{"b":{"${name}":"[redacted]"}}]}`)
})

test('what tells what happened stays readable', t => {
  const said = {
    command: 'post:create',
    requestId: '019a1f5e-7c3b-7d84-9c2f-3a5b6c7d8e9f',
    userId: '019a1f5e-7c3b-7d84-9c2f-3a5b6c7d8e9f',
    cursor: '0123456789abcdef0123456789abcdef:12345678901',
    statusCode: 500,
    errorCode: '23505',
    bytes: 12345678,
    contentType: 'image/jpeg',
    messageId: 7,
    position: 3,
    shipping: 'x',
    path: '/v1/auth/code',
    at: '2026-11-26T17:05:20.123Z',
    stack: 'Error: no\n    at sendOneTimeLinkToSomebodyWhoForgotTheirPassword (src/a.ts:1:20)',
  }
  t.is(written(said), JSON.stringify(said))
})

const ID = '019a1f5e-7c3b-7d84-9c2f-3a5b6c7d8e9f'
const SECRET = 'AbCd0123'.repeat(6).slice(0, 43)
const PRIVATE = {
  'a phone number': '+491511234567',
  'a phone number in a link': '%2B491511234567',
  'an e-mail address': 'ada.l+x@mail.example.org',
  'an e-mail address in a link': 'ada%40mail.example.org',
  'an access token': `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.${SECRET}`,
  'a token of a link': SECRET,
  'a key': `${'Ab+/0123'.repeat(6).slice(0, 43)}=`,
}

for (const [what, text] of Object.entries(PRIVATE))
  test(`${what} is withheld wherever it slipped into a sentence`, t => {
    for (const [before, after] of [
      ['', ''],
      ['to ', ' failed'],
      ['line\n', '\nline'],
      ['"', '"'],
      ['tab\t', '\t'],
      ['\u2028', '.'],
      ['(', ')'],
      ['x=', '&y=1'],
    ]) {
      const line = redactLine(JSON.stringify({ why: `${before}${text}${after}` }))
      t.false(line.includes(text.slice(4, 12)), line)
      t.notThrows(() => void JSON.parse(line))
    }
  })

test('the secret of a refresh token, a cookie, a bearer and a signed link is withheld, and the rest of it is not', t => {
  const secret = randomBytes(32).toString('base64url')
  for (const rest of [
    `rt1.${ID}.${ID}.`,
    '__Host-rt=',
    'Bearer ',
    'https://s.example/a?X-Goog-Date=1&X-Goog-Signature=',
  ]) {
    const hidden = rest.endsWith('Signature=') ? 'ab12'.repeat(64) : secret
    t.is(redactLine(`"${rest}${hidden}"`), `"${rest}[redacted]"`)
  }
})

test('of an error its kind, message, stack and code are told, and nothing that hangs on it', t => {
  const error = Object.assign(new Error('no', { cause: new Error('deeper to +491511234567') }), {
    code: '23514',
    detail: 'Failing row contains (canary)',
    config: { data: 'canary' },
  })
  const line = written({ err: error })
  t.regex(line, /"code":"23514".*"cause":\{"type":"Error","message":"deeper to \[redacted\]"/)
  t.false(line.includes('canary'))
})

test('a line of any length is looked through in time', t => {
  for (const part of ['a', 'A1b', '+1', 'eyJ', 'a@', 'rt1.', '\\', '%2B', 'Bearer ', '-']) {
    const started = process.cpuUsage().user
    redactLine(part.repeat(200_000 / part.length))
    t.true(process.cpuUsage().user - started < 2_000_000, part)
  }
})
