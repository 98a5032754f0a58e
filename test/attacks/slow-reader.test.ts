import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import anyTest from 'ava'
import { startChild } from '../../src/local/children.ts'
import { portOf } from '../../src/local/network.ts'
import { flood } from '../log/support/flood.ts'
import { plantPeople, type Planted } from '../support/crowd.ts'
import { openRaw } from '../support/raw.ts'
import { withWorld, type Assertions, type WorldTest } from '../support/world.ts'
import { signedWire } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

const MIB = 2 ** 20
const BYTES = 5000
/** So that what is kept shows, and what is only not collected yet does not. */
const SMALL_HEAP = '--max-old-space-size=128 --max-semi-space-size=4'

type Line = readonly [name: string, payload: { readonly n: number }, pos: number]

/** A socket that keeps the positions of what it hears, and how many bytes that is. */
function openListener(url: string, token: string, cursor?: string) {
  const positions: number[] = []
  const raw = openRaw({
    url,
    auth: { token, ...(cursor && { cursor }) },
    onEvent(name, args) {
      if (name === 'log:replay') positions.push(...(args[0] as Line[]).map(([, , pos]) => pos))
      if (name === 'test:flooded') positions.push(args[1] as number)
    },
  })
  return { raw, positions }
}

async function metricsOf(port: number) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0)
  return {
    rss: read('process_resident_memory_bytes\\S*'),
    slow: read('kith_socket_closes_total\\{reason="slow"\\S*'),
  }
}

test('a client that reads nothing is cut before much waits for it, and is given the rest when it returns', async t => {
  const { db, env, config } = t.context
  const [eve] = (await plantPeople(db, config, 1)) as [Planted]
  const child = await startChild('web', 'src/main/web.ts', { ...env, NODE_OPTIONS: SMALL_HEAP })
  t.teardown(() => child.stop())
  const url = `http://127.0.0.1:${child.up.port}`
  const { raw, positions } = openListener(url, eve.token)
  const { cursor } = await raw.ready
  for (let i = 0; i < 20; i++) await flood(db, `user:${eve.id}`, 21, BYTES) // until what is made once has been made
  while (positions.length < 420) await pause(20)
  const before = await metricsOf(child.up.internalPort)
  let most = before
  raw.pause()

  let sent = positions.length * BYTES
  while (most.slow === 0 && sent < 40 * MIB) {
    await flood(db, `user:${eve.id}`, 21, BYTES)
    sent += 21 * BYTES
    await pause(100) // a mebibyte a second
    const now = await metricsOf(child.up.internalPort)
    most = { rss: Math.max(most.rss, now.rss), slow: now.slow }
  }
  raw.resume()
  await raw.closed
  const waited = (sent - positions.length * BYTES) / MIB
  const grown = (most.rss - before.rss) / MIB
  t.log({ sent: sent / MIB, waited, grown })
  t.is(most.slow, 1)
  t.true(waited < 2.5, String(waited)) // half a mebibyte, and what came in a second and a bit
  t.true(grown < 20, String(grown))

  const back = openListener(url, eve.token, cursor.replace(/\d+$/, String(positions.at(-1))))
  t.like(await back.raw.ready, { recovered: true, reason: 'resumed' })
  const all = [...positions, ...back.positions]
  t.is(all.length * BYTES, sent)
  t.deepEqual(
    all,
    [...new Set(all)].toSorted((a, b) => a - b),
  )
  back.raw.vanish()
})

test('answering pings that it has not read helps nobody', async t => {
  const { db, urls, config } = t.context
  const [eve] = (await plantPeople(db, config, 1)) as [Planted]
  const wire = await signedWire(urls[0], eve.token)
  await wire.frame('42["log:ready"')
  wire.deafen()
  let sent = 0
  for (; wire.open && sent < 40 * MIB; sent += 21 * BYTES) {
    await flood(db, `user:${eve.id}`, 21, BYTES)
    for (let i = 0; i < 3; i++) await wire.send('3')
    await pause(50)
  }
  t.log({ sent: sent / MIB })
  t.false(wire.open)
})

/** A narrow way to a server: what it sends passes at about so many bytes a second. */
async function openNarrowWay(url: string, perSecond: number) {
  const server = createServer(near => {
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    near.pipe(far)
    far.on('data', bytes => {
      near.write(bytes)
      far.pause()
      setTimeout(() => far.resume(), (bytes.length / perSecond) * 1000)
    })
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => server.close() }
}

/** Somebody comes back by a narrow way and is given so many events that they missed. */
async function comesBack(t: Assertions, count: number, bytes: number, perSecond: number) {
  const { db, urls, config } = t.context
  const [ada] = (await plantPeople(db, config, 1)) as [Planted]
  const first = openListener(urls[0], ada.token)
  const { cursor } = await first.raw.ready
  for (let i = 0; i < count; i += 50) await flood(db, `user:${ada.id}`, 50, bytes)
  while (first.positions.length < count) await pause(20)

  const way = await openNarrowWay(urls[1], perSecond)
  t.teardown(way.close)
  const begun = performance.now()
  const back = openListener(way.url, ada.token, cursor)
  const cut = back.raw.closed.then(() => Promise.reject(new Error('Cut')))
  const hears = async (count: number) => {
    while (back.positions.length < count) await pause(20)
  }
  await Promise.race([hears(count), cut])
  t.log(`${count} events of ${bytes} bytes in ${Math.round(performance.now() - begun)} ms`)
  t.deepEqual(back.positions, first.positions)
  return { ada, first, back, cut, hears }
}

test('what is larger than a connection may have unread is not replayed: it would be cut again and again', async t => {
  const { db, urls, config } = t.context
  const [ada] = (await plantPeople(db, config, 1)) as [Planted]
  const first = openListener(urls[0], ada.token)
  const { cursor } = await first.raw.ready
  for (let i = 0; i < 12; i++) await flood(db, `user:${ada.id}`, 50, 15_000)
  while (first.positions.length < 600) await pause(20)
  const back = openListener(urls[1], ada.token, cursor)
  t.like(await back.raw.ready, { recovered: false, reason: 'amount' })
  t.deepEqual(back.positions, [])
  for (const { raw } of [first, back]) raw.vanish()
})

test('a client that reads large events slowly is not cut', async t => {
  const { first, back, cut } = await comesBack(t, 150, 15_000, MIB / 3)
  cut.catch(() => undefined) // it vanishes now
  for (const { raw } of [first, back]) raw.vanish()
})

test('a client that reads a long replay slowly, and then a burst, is not cut', async t => {
  const { db } = t.context
  const { ada, first, back, cut, hears } = await comesBack(t, 1500, BYTES, MIB)

  await flood(db, `user:${ada.id}`, 1000)
  await t.notThrowsAsync(Promise.race([hears(2500), cut]))
  cut.catch(() => undefined) // it vanishes now
  for (const { raw } of [first, back]) raw.vanish()
})
