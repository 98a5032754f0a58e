import { EventEmitter } from 'node:events'
import { setImmediate, setTimeout } from 'node:timers/promises'
import test from 'ava'
import type { Redis } from 'ioredis'
import { ephemeralPacket, packetOf, readPacket, type EntryRow, type Packet } from '../../src/infra/log/entry.ts'
import { createGate } from '../../src/infra/log/gate.ts'
import { READ_MAX, type History } from '../../src/infra/log/history.ts'
import { headMessage, logKeys } from '../../src/infra/log/keys.ts'
import { fakeRedis } from '../support/fake-redis.ts'
import { upTo } from './support/numbers.ts'

const keys = logKeys('gate')

const packet = (pos: number, row: Partial<EntryRow> = {}): Packet =>
  packetOf({ pos, kind: 'event', name: 'n', payload: '{}', rooms: ['r'], excluded: [], ...row })

/** A gate on a log that a test writes by hand. */
async function openGate({ length = 0, onControl = (): void => undefined } = {}) {
  const { redis: sub } = fakeRedis()
  const log = { epoch: 'e1', packets: upTo(length).map(pos => packet(pos)) }
  const reads: number[] = []
  const state = { away: false, newEpochs: 0, streamEnds: 0 }
  const waiting: (() => void)[] = []
  const answer = async <T>(value: () => T): Promise<T> => {
    if (state.away) throw new Error('away')
    return value()
  }
  const history: History = {
    head: () => answer(() => ({ epoch: log.epoch, pos: log.packets.at(-1)?.pos ?? 0 })),
    after: async pos => {
      reads.push(pos)
      await new Promise<void>(resolve => (waiting.push(resolve), state.away && release()))
      const later = log.packets.filter(packet => packet.pos > pos).slice(0, READ_MAX)
      const streamed = later.filter(packet => packet.pos <= state.streamEnds)
      return answer(() =>
        streamed.length > 0 ? { packets: streamed, source: 'stream' } : { packets: later, source: 'database' },
      )
    },
    upTo: () => answer(() => log.packets),
    reaches: async () => true,
    missed: async () => [],
  }
  const release = () => waiting.splice(0).forEach(resolve => resolve())
  const quiet = () => undefined
  const gate = createGate({
    sub,
    history,
    keys,
    logger: { info: quiet, warn: quiet, error: quiet },
    onControl,
    onNewEpoch: () => (state.newEpochs += 1),
    observe: quiet,
  })
  const passed: number[] = []
  const glimpsed: string[] = []
  gate.subscriber.on('pmessageBuffer', (_, __, message: Buffer) => {
    const read = readPacket('', message)
    if (read) passed.push(read.pos)
    else glimpsed.push(message.toString('latin1'))
  })
  await gate.start()
  const emitter = sub as unknown as EventEmitter & Redis
  return {
    gate,
    log,
    reads,
    state,
    passed,
    glimpsed,
    publish: ({ room, message }: Pick<Packet, 'room' | 'message'>) =>
      emitter.emit('pmessageBuffer', '', Buffer.from(keys.channelOf(room)), message),
    tell: (epoch: string, pos: number, more = false) =>
      emitter.emit('messageBuffer', Buffer.from(keys.head), Buffer.from(headMessage({ epoch, pos }, more))),
    /** Lets the reads of the log that have been asked for be answered. */
    async answers() {
      await setImmediate()
      release()
      await setImmediate()
    },
    [Symbol.asyncDispose]() {
      release()
      return gate[Symbol.asyncDispose]()
    },
  }
}

test('packets out of turn are held until the hole before them is mended', async t => {
  await using world = await openGate()
  const { log, publish, passed } = world
  publish(packet(1))
  log.packets.push(...[1, 2, 3, 4, 5].map(pos => packet(pos)))
  for (const pos of [3, 5, 4]) publish(packet(pos))
  t.deepEqual(passed, [1])
  await world.answers()
  publish(packet(2)) // late, and had already
  publish(packet(6))
  t.deepEqual(passed, [1, 2, 3, 4, 5, 6])
})

test('when nothing is missing any more, live packets pass at once, without another read', async t => {
  await using world = await openGate()
  const { log, publish, passed, reads } = world
  log.packets.push(...[1, 2, 3].map(pos => packet(pos)))
  publish(packet(3))
  await world.answers()
  for (let pos = 4; pos < 100; pos++) publish(packet(pos))
  t.deepEqual(passed, upTo(99))
  t.is(reads.length, 1)
})

test('a packet that the log does not have is none of it, and holds nothing up', async t => {
  await using world = await openGate({ length: 10 })
  const { publish, passed, reads } = world
  publish(packet(500))
  await world.answers()
  publish(packet(11))
  t.deepEqual(passed, [11])
  t.is(reads.length, 1)
})

test('where the stream has a hole, the log is not at its end', async t => {
  await using world = await openGate()
  const { log, passed, state, tell } = world
  log.packets.push(...[1, 2, 3, 4].map(pos => packet(pos)))
  state.streamEnds = 2
  tell('e1', 4)
  for (let read = 0; read < 2; read++) await world.answers()
  t.deepEqual(passed, [1, 2, 3, 4])
})

test('when the log is replaced in the middle of a repair, nothing of the old one passes and it begins anew', async t => {
  await using world = await openGate({ length: 10 })
  const { gate, log, publish, tell, passed, state } = world
  publish(packet(12))
  log.epoch = 'e2'
  log.packets = log.packets.slice(0, 5)
  tell('e2', 5)
  t.is(gate.applied(), -1)
  await world.answers()
  t.is(gate.applied(), 5)
  t.is(gate.epoch(), 'e2')
  t.is(state.newEpochs, 1)
  log.packets.push(packet(6))
  publish(packet(6))
  await world.answers()
  t.deepEqual(passed, [6])
  t.true(gate.ring.covers(0))
  t.deepEqual(
    gate.ring.after(4).map(({ pos }) => pos),
    [5, 6],
  )
})

test('a node that slept past the end of the log sends everyone back rather than skip', async t => {
  await using world = await openGate({ length: 10 })
  const { gate, log, tell, passed, state } = world
  log.packets = [50, 51].map(pos => packet(pos))
  tell('e1', 51)
  await world.answers()
  t.is(state.newEpochs, 1)
  t.is(gate.applied(), 51)
  t.deepEqual(passed, [])
})

test('while the log cannot be read, it is asked again after a pause and not at once', async t => {
  await using world = await openGate({ length: 10 })
  const { tell, reads, state } = world
  state.away = true
  tell('e1', 12)
  for (let i = 0; i < 50; i++) await setImmediate()
  t.is(reads.length, 1)
})

test('a right that cannot be taken does not live on: everyone comes back', async t => {
  await using world = await openGate({
    onControl() {
      throw new Error('broken')
    },
  })
  world.publish(packet(1, { kind: 'control' }))
  t.is(world.state.newEpochs, 1)
  t.is(world.gate.applied(), 1)
})

test('what a redaction tells of is blanked in memory, as far back as memory goes', async t => {
  await using world = await openGate({ length: 3 })
  const { gate, publish, passed } = world
  publish(packet(4, { payload: '{"text":"kept"}' }))
  publish(packet(5, { payload: '{"text":"a secret"}' }))
  publish(packet(6, { kind: 'redaction', rooms: [], payload: '[2,5]' }))
  t.deepEqual(passed, [4, 5]) // the redaction itself is for nobody
  t.deepEqual(
    gate.ring.after(0).map(({ pos, letter }) => `${letter}${pos}`),
    ['E1', 'N2', 'E3', 'E4', 'N5', 'R6'],
  )
  const kept = Buffer.concat(gate.ring.after(0).map(({ message }) => message)).toString('latin1')
  t.regex(kept, /kept/)
  t.notRegex(kept, /a secret/)
})

test('whoever waits for a position is told when it passes, when it is late, and when the gate closes', async t => {
  await using world = await openGate()
  const { gate, publish } = world
  const reached = gate.reach(2, 5000)
  const late = gate.reach(9, 1)
  publish(packet(1))
  publish(packet(2))
  await reached
  await t.throwsAsync(late, { message: /away/ })
  const never = gate.reach(9, 60_000)
  await Promise.all([gate[Symbol.asyncDispose](), t.throwsAsync(never, { message: /away/ })])
})

const ephemeral = (name: string) => ephemeralPacket({ name, payload: {}, rooms: ['r'], except: [] })

test('what is ephemeral passes between the packets of the log, and not before the log has begun', async t => {
  const marks: string[] = []
  await using world = await openGate({ onControl: () => void marks.push('control') })
  const { gate, publish, glimpsed } = world
  gate.subscriber.on('pmessageBuffer', () => marks.push('heard'))
  publish(packet(1))
  publish(ephemeral('typing'))
  publish(packet(2, { kind: 'control' }))
  publish(ephemeral('typing'))
  t.deepEqual(marks, ['heard', 'heard', 'control', 'heard'])
  t.is(glimpsed.length, 2)

  world.log.epoch = 'e2'
  world.tell('e2', 0)
  t.is(gate.applied(), -1)
  publish(ephemeral('too early'))
  await world.answers()
  publish(ephemeral('begun'))
  t.is(glimpsed.length, 3)
})

test('nothing ephemeral reaches a person whose right was revoked by a packet that is still held', async t => {
  const rights = new Set(['r'])
  await using world = await openGate({ onControl: () => rights.clear() })
  const { gate, log, publish, glimpsed } = world
  let leaked = 0
  gate.subscriber.on('pmessageBuffer', (_, __, message: Buffer) => {
    if (!readPacket('', message) && rights.has('r')) leaked += 1
  })
  log.packets.push(packet(1), packet(2, { kind: 'control' }))
  publish(packet(2, { kind: 'control' })) // the first of them is lost
  publish(ephemeral('held'))
  t.true(rights.has('r'))
  t.is(glimpsed.length, 0)
  await world.answers()
  t.false(rights.has('r'))
  publish(ephemeral('mended'))
  t.is(glimpsed.length, 1)
  t.is(leaked, 0)
})

test('nothing ephemeral passes while more waits for its place in the log: it may be the loss of a right', async t => {
  await using world = await openGate({ length: 3 })
  const { tell, publish, glimpsed } = world
  tell('e1', 3, true)
  publish(ephemeral('typing'))
  t.is(glimpsed.length, 0)
  tell('e1', 3)
  publish(ephemeral('typing'))
  t.is(glimpsed.length, 1)
})

test('nothing ephemeral passes while the log is known to reach further, or nobody says how far it does', async t => {
  await using world = await openGate({ length: 3 })
  const { log, publish, tell, glimpsed } = world
  log.packets.push(packet(4))
  tell('e1', 4)
  publish(ephemeral('behind'))
  await world.answers()
  publish(ephemeral('in time'))
  t.is(glimpsed.length, 1)

  await setTimeout(1600) // in which the relay is not heard
  publish(ephemeral('in the dark'))
  t.is(glimpsed.length, 1)
  tell('e1', 4)
  publish(ephemeral('told'))
  t.is(glimpsed.length, 2)
})
