import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import type { FailedAck } from '../../src/kernel/dispatch.ts'
import { dataOf, post, sendCode, type AppTokens } from '../sessions/support/phone.ts'
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
const phones = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `+12025${String(559_800 + from + i)}`)

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

test('an address is one caller however it is written, and what is none is that of the proxy', async t => {
  const spellings = {
    'a port': (n: number) => `198.51.100.150:${1000 + n}`,
    'IPv6 in brackets, or with a zone': (n: number) =>
      n % 2 ? `[2001:db8:7:1::${n}]:${n}` : `2001:db8:7:1::${n}%eth${n}`,
    'zeros and capitals': (n: number) =>
      ['2001:0DB8:8:1::1', '2001:db8:0008:1::2', '2001:db8:8:1:0:0:0:3'][n % 3] ?? '',
    'IPv4 within IPv6': (n: number) => ['::ffff:c633:6497', '::FFFF:198.51.100.151', '198.51.100.151'][n % 3] ?? '',
  }
  for (const [i, [what, spell]] of Object.entries(spellings).entries()) {
    const asked = phones(100 + 20 * i, 15).map((phone, n) => askFor(t.context.urls[0], phone, spell(n)))
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    t.is(statuses.filter(status => status === 200).length, 10, what)
  }
  const odd = phones(180, 15).map((phone, n) => askFor(t.context.urls[0], phone, `person${n}@mail.example`))
  t.true((await Promise.all(odd)).filter(({ status }) => status === 200).length <= 10) // people of other tests come from there
})

test('what is no address is kept as none', async t => {
  const { urls, db } = t.context
  const from = { 'x-forwarded-for': 'person@mail.example' }
  const [phone = ''] = phones(190, 1)
  const sent = await sendCode(t.context, phone)
  const { sessionId } = dataOf(await post<AppTokens>(urls[0], '/v1/auth/verify', sent, undefined, from))
  t.like(await db('sessions').where({ id: sessionId }).first(), { address: '127.0.0.1' })
})

test('one phone is sent a text a minute, whatever it is asked for', async t => {
  const [ada] = await t.context.cast('Ada')
  const [phone = '', other = ''] = phones(80, 2)
  t.is((await askFor(t.context.urls[0], phone, '203.0.113.200')).status, 200)
  t.is((await ada.refused('phone:change', { phone })).reason, 'too_fast')
  await ada.call('phone:change', { phone: other })
  t.is((await askFor(t.context.urls[1], other, '203.0.113.200')).status, 429)
})
