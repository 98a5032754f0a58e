import { setTimeout as pause } from 'node:timers/promises'
import anyTest from 'ava'
import { startChild } from '../../src/local/children.ts'
import { flood } from '../log/support/flood.ts'
import { plantPeople, type Planted } from '../support/crowd.ts'
import { openRaw, type RawSocket } from '../support/raw.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

const MIB = 2 ** 20
const BYTES = 5000

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
  const child = await startChild('web', 'src/main/web.ts', env)
  t.teardown(() => child.stop())
  const url = `http://127.0.0.1:${child.up.port}`
  const { raw, positions } = openListener(url, eve.token)
  const { cursor } = await raw.ready
  const before = await metricsOf(child.up.internalPort)
  let most = before
  raw.pause()

  let sent = 0
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
  t.true(waited < 3.5, String(waited)) // one mebibyte, and what came in two seconds
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

/** Reads in sips: so many times a second for a moment. */
async function sip(raw: RawSocket, done: () => boolean) {
  while (!done()) {
    raw.resume()
    await pause(5)
    raw.pause()
    await pause(95)
  }
  raw.resume()
}

test('a client that reads a long replay, or a burst, is not cut', async t => {
  const { db, urls, config } = t.context
  const [ada] = (await plantPeople(db, config, 1)) as [Planted]
  const first = openListener(urls[0], ada.token)
  const { cursor } = await first.raw.ready
  for (let i = 0; i < 4; i++) await flood(db, `user:${ada.id}`, 500, BYTES)
  while (first.positions.length < 2000) await pause(20)

  const back = openListener(urls[1], ada.token, cursor)
  let over = false
  void back.raw.closed.then(() => (over = true))
  const begun = performance.now()
  await sip(back.raw, () => over || back.positions.length === 2000)
  t.log(`2,000 events of 5 kB in ${Math.round(performance.now() - begun)} ms`)
  t.deepEqual(back.positions, first.positions)

  await flood(db, `user:${ada.id}`, 1000)
  await sip(back.raw, () => over || back.positions.length === 3000)
  t.false(over)
  for (const { raw } of [first, back]) raw.vanish()
})
