import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openWire, rawRequest, Refused, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { PUBLIC_ORIGINS: 'http://app.example,http://other.example' } })

const FOREIGN = [
  'http://evil.example',
  'http://app.example.evil.example',
  'http://APP.example',
  'null',
  'http://app.example:80',
  '*',
  '',
]

test('a page of another origin gets no WebSocket', async t => {
  for (const origin of FOREIGN) {
    const error = await t.throwsAsync(openWire(t.context.urls[0], { origin }), { instanceOf: Refused }, origin)
    t.is(error?.status, 403)
  }
})

test('a listed origin and an app without one sign in with a token', async t => {
  const [ada] = await t.context.cast('Ada')
  for (const headers of [{ origin: 'http://app.example' }, { origin: 'http://other.example' }, {}]) {
    const wire = await openWire(t.context.urls[0], headers)
    await wire.send(`40${JSON.stringify({ token: await tokenOf(ada) })}`)
    t.truthy(await wire.frame('40{'))
    wire.vanish()
  }
})

test('cookies, headers and the address of a WebSocket sign nobody in', async t => {
  const [ada] = await t.context.cast('Ada')
  const token = await tokenOf(ada)
  const headers = { cookie: `token=${token}; io=${token}`, authorization: `Bearer ${token}` }
  const wire = await openWire(t.context.urls[0], headers, `/socket.io/?EIO=4&transport=websocket&token=${token}`)
  await wire.send('40')
  t.regex((await wire.frame('44')) ?? '', /"code":"bad_request"|"code":"unauthenticated"/)
  wire.vanish()
})

test('nothing but a WebSocket is spoken on the socket path', async t => {
  for (const query of [
    'transport=polling',
    'transport=polling&sid=x',
    '',
    'transport=webtransport',
    'transport=__proto__',
  ]) {
    const answer = await rawRequest(
      t.context.urls[0],
      `GET /socket.io/?EIO=4&${query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    t.regex(answer, /^HTTP\/1\.1 400 /, query)
    t.notRegex(answer, /sid/)
  }
  await t.throwsAsync(openWire(t.context.urls[0], {}, '/socket.io/?EIO=3&transport=websocket'))
})

test('a browser is told that it may read an answer only on a listed origin', async t => {
  const allowed = async (origin: string) =>
    (await fetch(`${t.context.urls[0]}/health/live`, { headers: { origin } })).headers.get(
      'access-control-allow-origin',
    )
  t.is(await allowed('http://app.example'), 'http://app.example')
  for (const origin of FOREIGN) t.falsy(await allowed(origin), origin)
})
