import anyTest from 'ava'
import { rawRequest } from '../attacks/support/wire.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const JSON_TYPE = 'application/json'
const post = (path: string, type: string, body: string) => ({
  path,
  init: { method: 'POST', body, ...(type && { headers: { 'content-type': type } }) },
})

const CASES = [
  { what: 'an unknown path', path: '/v1/nothing', init: {}, status: 404, reason: 'route' },
  { what: 'a path that cannot be decoded', path: '/v1/%E0%A4%A', init: {}, status: 404, reason: 'route' },
  { what: 'metrics, which are not public', path: '/metrics', init: {}, status: 404, reason: 'route' },
  { what: 'a wrong method', path: '/v1/auth/code', init: {}, status: 405, reason: 'method', allow: 'POST' },
  {
    what: 'an odd method',
    path: '/v1/auth/code',
    init: { method: 'PROPFIND' },
    status: 405,
    reason: 'method',
    allow: 'POST',
  },
  { what: 'bad JSON', ...post('/v1/auth/code', JSON_TYPE, '{"phone":'), status: 400, reason: 'invalid', field: 'body' },
  {
    what: 'JSON that is no object',
    ...post('/v1/auth/code', JSON_TYPE, '"x"'),
    status: 400,
    reason: 'invalid',
    field: 'body',
  },
  {
    what: 'a prototype',
    ...post('/v1/auth/code', JSON_TYPE, '{"__proto__":{"phone":"+12025550000"}}'),
    status: 400,
    reason: 'invalid',
    field: 'body',
  },
  {
    what: 'a wrong field',
    ...post('/v1/auth/code', JSON_TYPE, '{"phone":5}'),
    status: 400,
    reason: 'invalid',
    field: 'phone',
  },
  {
    what: 'an unknown field',
    ...post('/v1/auth/code', JSON_TYPE, '{"phone":"+12025550000","role":"admin"}'),
    status: 400,
    reason: 'invalid',
    field: 'role',
  },
  {
    what: 'NUL',
    ...post('/v1/auth/code', JSON_TYPE, '{"phone":"\\u0000"}'),
    status: 400,
    reason: 'invalid',
    field: 'phone',
  },
  {
    what: 'a form',
    ...post('/v1/auth/code', 'application/x-www-form-urlencoded', 'phone=1'),
    status: 415,
    reason: 'not_json',
  },
  { what: 'text', ...post('/v1/auth/code', 'text/plain', '{"phone":"+12025550000"}'), status: 415, reason: 'not_json' },
  {
    what: 'more than 64 KiB',
    ...post('/v1/auth/code', JSON_TYPE, `{"phone":"${'1'.repeat(65_536)}"}`),
    status: 413,
    reason: 'too_large',
  },
  { what: 'no token', ...post('/v1/uploads', JSON_TYPE, '{}'), status: 401, reason: 'sign_in' },
]

for (const { what, path, init, status, reason, ...more } of CASES)
  test(`${what} is answered ${status}, in the form of an ack`, async t => {
    const response = await fetch(t.context.urls[0] + path, init)
    t.is(response.status, status)
    const { ok, error, meta } = (await response.json()) as {
      ok: boolean
      error: { code: string; reason: string; message: string; retry: boolean; fields?: Record<string, string> }
      meta: { requestId: string }
    }
    t.like({ ok, reason: error.reason, retry: error.retry }, { ok: false, reason, retry: false })
    t.regex(meta.requestId, /^[\da-f-]{36}$/)
    if ('field' in more) t.deepEqual(Object.keys(error.fields ?? {}), [more.field])
    if ('allow' in more) t.is(response.headers.get('allow'), more.allow)
  })

test('the rest of a body that is too large is not read', async t => {
  const head =
    'POST /v1/auth/code HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{'
  const answer = await rawRequest(t.context.urls[0], head, { open: true })
  t.regex(answer, /^HTTP\/1\.1 413 /)
  t.regex(answer, /connection: close/i)
})

test('huge headers and addresses are refused before anything else', async t => {
  const long = 'x'.repeat(9000)
  for (const head of [`GET /${long} HTTP/1.1\r\nHost: x\r\n`, `GET / HTTP/1.1\r\nHost: x\r\nX: ${long}\r\n`])
    t.regex(await rawRequest(t.context.urls[0], `${head}\r\n`), /^HTTP\/1\.1 431 /)
})

test('a target that is no address is no path of ours', async t => {
  const answer = await rawRequest(t.context.urls[0], 'POST http://[::1/v1 HTTP/1.1\r\nHost: x\r\n\r\n')
  t.regex(answer, /^HTTP\/1\.1 404 /)
  t.regex(answer, /"reason":"route"/)
})
