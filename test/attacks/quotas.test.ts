import anyTest from 'ava'
import type { Ack, OkAck } from '../../src/kernel/dispatch.ts'
import { plantPeople } from '../support/crowd.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { signedWire, type Wire } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1' } })

const HOUR = 3_600_000
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR)

/** Somebody signed in whose account is so many hours old. */
async function arrive({ db, config, urls }: World, hours: number) {
  const [person] = await plantPeople(db, config, 1, hoursAgo(hours))
  if (!person) throw new Error('Nobody was planted')
  return { id: person.id, wire: await signedWire(urls[0], person.token) }
}

async function several(count: number, ask: (i: number) => Promise<Ack | null>): Promise<(Ack | null)[]> {
  const acks = []
  for (let i = 0; i < count; i++) acks.push(await ask(i))
  return acks
}
const outcomes = (acks: readonly (Ack | null)[]) => acks.map(ack => (ack?.ok ? 'ok' : ack?.error.reason))
const times = (count: number, outcome: string) => Array<string>(count).fill(outcome)

async function post({ wire }: { wire: Wire }): Promise<string> {
  const ack = (await wire.ask('post:create', '{"text":"Hello"}')) as OkAck<{ id: string }>
  return ack.data.id
}

test('an account posts less on its first day than afterwards', async t => {
  for (const [hours, many] of [
    [0, 2],
    [23, 2],
    [25, 10],
  ] as const) {
    const { wire } = await arrive(t.context, hours)
    const acks = await several(12, () => wire.ask('post:create', '{"text":"Hello"}'))
    t.deepEqual(outcomes(acks), [...times(many, 'ok'), ...times(12 - many, 'too_fast')], `${hours} hours`)
    for (const ack of acks.slice(many))
      t.true(ack?.ok === false && (ack.error.retryAfterMs ?? 0) > HOUR / 2, JSON.stringify(ack))
    wire.vanish()
  }
})

test('under one post a person comments so often, under others and other people still may', async t => {
  const ada = await arrive(t.context, 25)
  const bob = await arrive(t.context, 25)
  const { data } = (await ada.wire.ask('post:create', '{"text":"Hello","visibility":"public"}')) as OkAck<{
    id: string
  }>
  const other = await post(ada)
  const comment = (postId: string) => JSON.stringify({ postId, text: 'Hello' })
  const acks = await several(12, () => ada.wire.ask('comment:create', comment(data.id)))
  t.deepEqual(outcomes(acks), [...times(10, 'ok'), ...times(2, 'too_fast')])
  t.like(await ada.wire.ask('comment:create', comment(other)), { ok: true })
  t.like(await bob.wire.ask('comment:create', comment(data.id)), { ok: true })
  for (const { wire } of [ada, bob]) wire.vanish()
})

test('whoever declines is asked no more than three times a day by the same person', async t => {
  const [ada, bob, eve] = [await arrive(t.context, 25), await arrive(t.context, 25), await arrive(t.context, 25)]
  const about = ({ id }: { id: string }) => JSON.stringify({ userId: id })
  for (let i = 0; i < 3; i++) {
    t.like(await eve.wire.ask('friend:request', about(bob)), { ok: true })
    t.like(await bob.wire.ask('friend:decline', about(eve)), { ok: true })
  }
  t.like(await eve.wire.ask('friend:request', about(bob)), { ok: false, error: { reason: 'too_fast', retry: true } })
  t.like(await eve.wire.ask('friend:request', about(ada)), { ok: true })
  t.like(await ada.wire.ask('friend:request', about(bob)), { ok: true })
  for (const { wire } of [ada, bob, eve]) wire.vanish()
})

test('what was done before is answered again, also when there is no room for it any more', async t => {
  const { wire } = await arrive(t.context, 1)
  const input = (clientId: string) => JSON.stringify({ text: 'Hello', clientId })
  const ids = Array.from({ length: 3 }, () => crypto.randomUUID())
  const acks = await several(3, i => wire.ask('post:create', input(ids[i] ?? '')))
  t.deepEqual(outcomes(acks), ['ok', 'ok', 'too_fast'])
  t.deepEqual(await wire.ask('post:create', input(ids[0] ?? '')), acks[0])
  wire.vanish()
})
