import anyTest from 'ava'
import { setTimeout as pause } from 'node:timers/promises'
import type { FailedAck } from '../../src/kernel/dispatch.ts'
import { forgetLimits } from './support/limits.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openWire, signedWire, tokenOf, type Wire } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test)

const answered = ({ frames }: Wire) => frames.filter(frame => frame.startsWith('43'))

test('of a burst so much is taken, one packet is told to slow down, and the others are dropped unread', async t => {
  const [ada] = await t.context.cast('Ada')
  const wire = await signedWire(t.context.urls[0], await tokenOf(ada)) // which is a packet too
  await wire.frame('42["log:ready"')
  const asked = Array.from({ length: 100 }, () => wire.ask('profile:get', `{"userId":"${ada.id}"}`))
  void Promise.all(asked)
  await wire.several('43', 60)
  await pause(1000) // for as many points
  t.like(await wire.ask('profile:get', `{"userId":"${ada.id}"}`), { ok: true })
  const acks = answered(wire).map(frame => (JSON.parse(frame.slice(frame.indexOf('['))) as [FailedAck])[0])
  const taken = acks.filter(({ ok }) => ok).length
  t.true(taken >= 60 && taken < 70, String(taken))
  t.is(acks.filter(({ ok }) => !ok).length, 1)
  t.like(
    acks.find(({ ok }) => !ok),
    { error: { code: 'rate_limited', reason: 'too_fast', retry: true, retryAfterMs: 1000 } },
  )
  wire.vanish()
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

test('our own client sends no faster than it may, and loses nothing by it', async t => {
  const [ada] = await t.context.cast('Ada')
  const asked = Array.from({ length: 90 }, () => ada.call('profile:get', { userId: ada.id }))
  t.is((await Promise.all(asked)).length, 90)
})
