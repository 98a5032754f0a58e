import anyTest from 'ava'
import { setTimeout as pause } from 'node:timers/promises'
import type { FailedAck } from '../../src/kernel/dispatch.ts'
import { plantPeople } from '../support/crowd.ts'
import { forgetLimits } from './support/limits.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { openWire, signedWire, tokenOf, type Wire } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1', TRUSTED_HOPS: '1' } })

const answered = ({ frames }: Wire) => frames.filter(frame => frame.startsWith('43'))
const acksOf = (wire: Wire) =>
  answered(wire).map(frame => (JSON.parse(frame.slice(frame.indexOf('['))) as [FailedAck])[0])
const isTooFast = (frame: string) => frame.startsWith('43') && frame.includes('"too_fast"')

/** Sends so many commands at once and waits for none of them. */
function burst(wire: Wire, count: number) {
  for (let i = 0; i < count; i++) void wire.ask('notification:list', '{}')
}

/** Signs so many new people in on one node, each on so many connections from one address. */
async function crowd({ db, config, urls }: World, { people = 1, connections = 1, address = '198.51.100.1' }) {
  const planted = await plantPeople(db, config, people)
  const open = (token: string) => signedWire(urls[0], token, { 'x-forwarded-for': address })
  return Promise.all(planted.map(({ token }) => Promise.all(Array.from({ length: connections }, () => open(token)))))
}

test('of a burst so much is taken, one packet is told to slow down, and the others are dropped unread', async t => {
  const [[wire] = []] = await crowd(t.context, {})
  if (!wire) throw new Error('Nobody came')
  await wire.frame('42["log:ready"')
  burst(wire, 100)
  await wire.several('43', 61)
  await pause(1000) // for as many points
  t.like(await wire.ask('session:list', '{}'), { ok: true })
  const acks = acksOf(wire)
  const taken = acks.filter(({ ok }) => ok).length
  t.true(taken >= 61 && taken < 70, String(taken))
  t.is(acks.filter(({ ok }) => !ok).length, 1)
  t.like(
    acks.find(({ ok }) => !ok),
    { error: { code: 'rate_limited', reason: 'too_fast', retry: true, retryAfterMs: 1000 } },
  )
  wire.vanish()
})

test('all connections of a person share what one may send', async t => {
  const [wires = []] = await crowd(t.context, { connections: 3 })
  for (const wire of wires) burst(wire, 60)
  await pause(1000) // for as many points
  for (const wire of wires) t.like(await wire.ask('session:list', '{}'), { ok: true })
  const taken = wires.flatMap(acksOf).filter(({ ok }) => ok).length - wires.length
  t.true(taken >= 60 && taken < 80, String(taken))
  for (const wire of wires) wire.vanish()
})

test('who floods on one connection is shown out on all', async t => {
  const [[loud, quiet] = []] = await crowd(t.context, { connections: 2 })
  if (!loud || !quiet) throw new Error('Nobody came')
  while (loud.open) {
    for (let i = 0; i < 200; i++) void loud.send('42["notification:list",{}]')
    await pause(100)
  }
  await quiet.closed
  t.regex((await quiet.frame('42["socket:closing"')) ?? '', /"reason":"too_fast"/)
})

test('an address sends so much in all, nobody is shown out for what others send, and other addresses go on', async t => {
  const wires = (await crowd(t.context, { people: 20, address: '203.0.113.1' })).flat()
  const [[far] = []] = await crowd(t.context, { address: '203.0.113.2' })
  for (const wire of wires) burst(wire, 60) // which each of them may
  const slowed = async (wire: Wire) => {
    while (wire.open && !wire.frames.some(isTooFast)) await wire.several('43', answered(wire).length + 1)
  }
  await Promise.race(wires.map(slowed))
  t.like(await far?.ask('session:list', '{}'), { ok: true })
  t.true(wires.every(({ open }) => open))
  for (const wire of wires) wire.vanish()
  far?.vanish()
})

test('who goes on is closed, and has to cool down before they connect to any node', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const [first, second] = t.context.urls
  const token = await tokenOf(ada)
  const wire = await signedWire(first, token)
  let slowest = 0
  while (wire.open) {
    for (let i = 0; i < 200; i++) void wire.send('42["session:list",{}]')
    const begun = performance.now()
    await bob.call('session:list', {})
    slowest = Math.max(slowest, performance.now() - begun)
    await pause(100)
  }
  t.true(slowest < 1000, String(slowest))
  t.regex((await wire.frame('42["socket:closing"')) ?? '', /"reason":"too_fast","afterMs":6\d{4}/)
  for (const url of [first, second]) {
    const again = await openWire(url)
    await again.send(`40${JSON.stringify({ token })}`)
    const refusal = (await again.frame('4')) ?? ''
    t.regex(refusal, /^44.*"reason":"too_fast"/)
    const left = Number(/"retryAfterMs":(\d+)/.exec(refusal)?.[1])
    t.true(left > 50_000 && left <= 60_000, String(left))
    again.vanish()
  }
  await forgetLimits(t.context)
  const back = await signedWire(second, token)
  t.like(await back.ask('session:list', '{}'), { ok: true })
  back.vanish()
})

test('who asks again and again for what there is not is closed as well', async t => {
  const [eve] = await t.context.cast('Eve')
  const wire = await signedWire(t.context.urls[0], await tokenOf(eve))
  for (let i = 0; i < 20; i++) await wire.ask('no:such', '{}')
  await wire.closed
  t.regex((await wire.frame('42["socket:closing"')) ?? '', /"reason":"too_fast"/)
})

test('a stranger who floods is shown out', async t => {
  const wire = await openWire(t.context.urls[0])
  const begun = performance.now()
  while (wire.open) {
    for (let i = 0; i < 100; i++) void wire.send('40/nowhere,')
    await pause(50)
  }
  t.true(performance.now() - begun < 4500)
})

test('who sends pings, or answers to none, is counted like anybody', async t => {
  const [eve, ada] = await t.context.cast('Eve', 'Ada')
  const pinging = await openWire(t.context.urls[0])
  pinging.deafen()
  const answering = await signedWire(t.context.urls[0], await tokenOf(eve))
  const calm = await signedWire(t.context.urls[0], await tokenOf(ada))
  const begun = performance.now()
  while (pinging.open || answering.open) {
    for (let i = 0; i < 100; i++) {
      void pinging.ping()
      void answering.send('3')
    }
    await calm.ping()
    await pause(50)
  }
  t.true(performance.now() - begun < 4500)
  t.regex((await answering.frame('42["socket:closing"')) ?? '', /"reason":"too_fast"/)
  t.true(calm.open)
  calm.vanish()
})
