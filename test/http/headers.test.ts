import anyTest from 'ava'
import { rawRequest } from '../attacks/support/wire.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false, env: { PUBLIC_ORIGINS: 'http://app.example' } })

const JSON_TYPE = { 'content-type': 'application/json' }
const code = (body: string, headers: Record<string, string> = JSON_TYPE) =>
  ({ method: 'POST', path: '/v1/auth/code', body, headers, status: 200 }) as const
const get = (path: string, status: number) => ({ method: 'GET', path, body: '', headers: {}, status })

const ANSWERS = [
  { what: 'a command', ...code('{"phone":"+12025559999"}') },
  { what: 'a bad field', ...code('{"phone":5}'), status: 400 },
  { what: 'bad JSON', ...code('{'), status: 400 },
  { what: 'no JSON', ...code('a=b', { 'content-type': 'text/plain' }), status: 415 },
  { what: 'a body that is too large', ...code(`"${'x'.repeat(70_000)}"`), status: 413 },
  { what: 'a bad token', ...code('{}', { ...JSON_TYPE, authorization: 'Bearer x' }), status: 401 },
  { what: 'an unknown path', ...get('/nothing', 404) },
  { what: 'a wrong method', ...get('/v1/auth/code', 405) },
  { what: 'a health check', ...get('/health/live', 200) },
  { what: 'polling, which Socket.IO answers', ...get('/socket.io/?EIO=4&transport=polling', 400) },
  { what: 'Socket.IO’s own client', ...get('/socket.io/socket.io.js', 400) },
  {
    what: 'what a browser asks first',
    ...get('/v1/auth/code', 204),
    method: 'OPTIONS',
    headers: { origin: 'http://app.example', 'access-control-request-method': 'POST' },
  },
]

const HEADERS = [
  'strict-transport-security: max-age=31536000; includeSubDomains',
  'x-content-type-options: nosniff',
  `content-security-policy: default-src 'none';frame-ancestors 'none';base-uri 'none'`,
  'referrer-policy: no-referrer',
  'cross-origin-resource-policy: same-site',
  'cross-origin-opener-policy: same-origin',
  'cache-control: no-store',
]

for (const { what, method, path, body, headers, status } of ANSWERS)
  test(`the answer to ${what} keeps browsers safe, and does not tell what runs here`, async t => {
    const lines = Object.entries({ host: 'x', connection: 'close', 'content-length': body.length, ...headers })
    const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n')
    const answer = await rawRequest(t.context.urls[0], `${head}\r\n\r\n${body}`, { open: true })
    const said = answer.split('\r\n\r\n')[0]?.split('\r\n') ?? []
    t.regex(said[0] ?? '', new RegExp(`^HTTP/1.1 ${status} `))
    const found = said.slice(1).map(line => line.replace(/^[^:]+/, name => name.toLowerCase()))
    for (const header of HEADERS) t.true(found.includes(header), `${header} in\n${answer}`)
    t.regex(found.join('\n'), /^permissions-policy: .*camera=\(\).*geolocation=\(\)/m)
    t.notRegex(found.join('\n'), /^(x-powered-by|server|set-cookie|etag):/m)
  })

test('a refused WebSocket is told nothing but its status', async t => {
  const answer = await rawRequest(
    t.context.urls[0],
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\n' +
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  t.is(answer, 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
})
