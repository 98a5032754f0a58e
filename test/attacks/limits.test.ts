import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import type { FailedAck } from '../../src/kernel/dispatch.ts'
import { withWorld, type WorldOptions, type WorldTest } from '../support/world.ts'
import { signedWire, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { TRUSTED_HOPS: '1', LIMIT_SCALE: '1' } } satisfies WorldOptions)

test('a person over the limit is told how long to wait, on every connection and node', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const wires = await Promise.all(t.context.urls.map(async url => signedWire(url, await tokenOf(ada))))
  const acks = await Promise.all(
    wires.flatMap(wire => Array.from({ length: 40 }, () => wire.ask('session:list', '{}'))),
  )
  t.is(acks.filter(ack => ack?.ok).length, 60)
  for (const ack of acks.filter(ack => !ack?.ok)) {
    t.like(ack, { error: { code: 'rate_limited', reason: 'too_fast', retry: true } })
    const { retryAfterMs = 0 } = (ack as FailedAck).error
    t.true(retryAfterMs > 0 && retryAfterMs <= 60_000)
  }
  // Whatever else is wrong with it.
  t.like(await wires[0]?.ask('session:list', '{"odd":true}'), { error: { reason: 'too_fast' } })
  await bob.call('session:list', {})
  for (const wire of wires) wire.vanish()
})

const askFor = (url: string, phone: string, forwarded: string) =>
  fetch(`${url}/v1/auth/code`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': forwarded },
    body: JSON.stringify({ phone }),
  })
const phones = (from: number, count: number) => Array.from({ length: count }, (_, i) => `+120255598${from + i}`)

test('one address asks for few codes, whatever addresses it claims to speak for', async t => {
  const statuses: number[] = []
  for (const [i, phone] of phones(10, 15).entries()) {
    const claimed = [`203.0.113.${i}`, '::1', randomUUID(), '192.0.2.77'].join(', ') // the proxy adds the last
    statuses.push((await askFor(t.context.urls[i % 2] ?? '', phone, claimed)).status)
  }
  t.is(statuses.filter(status => status === 200).length, 10)
  t.is(statuses.at(-1), 429)
})

test('one household is one caller, whichever of its IPv6 addresses it uses', async t => {
  const statuses: number[] = []
  for (const [i, phone] of phones(50, 15).entries())
    statuses.push((await askFor(t.context.urls[0], phone, `2001:db8:1:2:${i}::${i}`)).status)
  t.is(statuses.filter(status => status === 200).length, 10)
})
