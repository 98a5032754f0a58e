import anyTest from 'ava'
import { readConfig } from '../../src/main/config.ts'
import { startWeb } from '../../src/main/web.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openWire, rawRequest, Refused, signedWire, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1' } })

test('one connection carries one socket, however often it signs in', async t => {
  const [ada] = await t.context.cast('Ada')
  const connects = `40${JSON.stringify({ token: await tokenOf(ada) })}`
  const wire = await openWire(t.context.urls[0])
  for (let i = 0; i < 50; i++) void wire.send(connects)
  await wire.closed
  t.true(wire.frames.filter(frame => frame.startsWith('40')).length <= 1)

  const signed = await signedWire(t.context.urls[0], await tokenOf(ada))
  await signed.send(connects)
  await signed.closed
  t.is(signed.frames.filter(frame => frame.startsWith('40')).length, 1)
})

test('a connection may try to sign in a few times only', async t => {
  const wire = await openWire(t.context.urls[0])
  for (let n = 1; wire.open && n < 20; n++) {
    await wire.send('40{"token":"a.b.c"}')
    await wire.several('44', n)
  }
  await wire.closed
  t.is(wire.frames.filter(frame => frame.startsWith('44')).length, 5)
})

test('who does not sign in is shown out after five seconds, and who leaves the socket leaves the connection', async t => {
  const [ada] = await t.context.cast('Ada')
  const begun = performance.now()
  const leaver = await signedWire(t.context.urls[0], await tokenOf(ada))
  await leaver.send('41')
  await leaver.closed
  t.true(performance.now() - begun < 4000)

  const silent = await openWire(t.context.urls[0])
  const polite = silent.closed.then(() => performance.now() - begun)
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
  const path = '/socket.io/?EIO=4&transport=websocket'
  await rawRequest(t.context.urls[0], `GET ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}${key}\r\n`, { open: true })
  const rude = performance.now() - begun // it answers no close frame either
  for (const waited of [await polite, rude]) t.true(waited > 4000 && waited < 8000, String(waited))
})

test('a client that goes on sending and reads nothing is cut off', async t => {
  const wire = await openWire(t.context.urls[0])
  wire.deafen()
  const echoed = `40/${'a'.repeat(60_000)},`
  const deadline = performance.now() + 15_000
  while (wire.open && performance.now() < deadline) await wire.send(echoed)
  t.false(wire.open)
})

test('an upgrade to anything else is cut off at once', async t => {
  const headers = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
  for (const path of ['/elsewhere', '/', '/socket.io', '//socket.io/', '*']) {
    const begun = performance.now()
    t.is(await rawRequest(t.context.urls[0], `GET ${path} HTTP/1.1\r\n${headers}`, { open: true }), '')
    t.true(performance.now() - begun < 900, path) // left to itself it would hang for a second
  }
})

test('an upgrade that Socket.IO refuses is told so', async t => {
  const headers = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
  for (const query of ['EIO=4&transport=polling', 'EIO=4&transport=websocket&sid=unknown'])
    t.regex(
      await rawRequest(t.context.urls[0], `GET /socket.io/?${query} HTTP/1.1\r\n${headers}`, { open: true }),
      /^HTTP\/1\.1 400 /,
      query,
    )
})

test('of too many sockets of one person the oldest makes way, is told so, and does not come back by itself', async t => {
  const [eve] = await t.context.cast('Eve')
  const { urls } = t.context
  const token = await tokenOf(eve)
  const ended = new Promise<string>(resolve => eve.client.onEnded(resolve))
  eve.client.onReady(() => t.fail('the oldest came back'))
  const wires = []
  for (let i = 0; i < 11; i++) {
    const wire = await signedWire(urls[0], token)
    await wire.frame('42["log:ready"')
    wires.push(wire)
  }
  t.is(await ended, 'displaced')
  await wires[0]?.closed
  t.deepEqual(
    wires[0]?.frames.filter(frame => frame.startsWith('42["socket:closing"')),
    ['42["socket:closing",{"reason":"displaced","afterMs":null}]'],
  )
  t.true(wires.slice(1).every(({ open }) => open))
  for (const wire of wires) wire.vanish()
})

test('who connects again and again is told to wait', async t => {
  const [ada] = await t.context.cast('Ada')
  const token = await tokenOf(ada)
  let answer = ''
  let connects = 1 // Ada's own
  for (; connects <= 50 && !answer.startsWith('44'); connects++) {
    const wire = await openWire(t.context.urls[connects % 2] ?? '')
    await wire.send(`40${JSON.stringify({ token })}`)
    answer = (await wire.frame('4')) ?? ''
    wire.vanish()
  }
  t.is(connects, 21)
  t.regex(answer, /"code":"rate_limited".*"retryAfterMs":\d+/)
})

test('a process that is full says so, and an address has its share of it', async t => {
  const { env } = t.context
  const enough = async (limits: NodeJS.ProcessEnv) => {
    await using web = await startWeb(readConfig({ ...env, ...limits }))
    const url = `http://127.0.0.1:${web.port}`
    const inside = [await openWire(url), await openWire(url), await openWire(url)]
    const refused = await t.throwsAsync(openWire(url), { instanceOf: Refused })
    t.is((await fetch(`${url}/health/live`)).status, 200)
    inside[0]?.vanish()
    while ((await socketsOf(web.internalPort)) > 2);
    for (const wire of [...inside, await openWire(url)]) wire.vanish()
    return refused?.status
  }
  t.is(await enough({ SOCKETS_MAX: '3' }), 503)
  t.is(await enough({ ADDRESS_SOCKETS_MAX: '3' }), 429)
})

/** How many connections a process has, signed in or not. */
async function socketsOf(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^kith_connections\S* (\S+)$/m.exec(metrics)?.[1])
}
