import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('every answer carries the headers that keep browsers safe, and none that tells what runs here', async t => {
  for (const [path, init] of [
    ['/health/live', {}],
    ['/nothing', {}],
    ['/v1/auth/code', { method: 'POST' }],
    ['/v1/auth/code', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }],
  ] as const) {
    const { headers } = await fetch(t.context.urls[0] + path, init)
    t.is(headers.get('cache-control'), 'no-store')
    t.is(headers.get('x-content-type-options'), 'nosniff')
    t.is(headers.get('referrer-policy'), 'no-referrer')
    t.is(headers.get('cross-origin-opener-policy'), 'same-origin')
    t.regex(headers.get('strict-transport-security') ?? '', /max-age=\d{8}; includeSubDomains/)
    t.regex(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/)
    t.is(headers.get('x-powered-by'), null)
    t.is(headers.get('server'), null)
    t.is(headers.get('set-cookie'), null)
  }
})
