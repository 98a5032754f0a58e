/**
 * The gate stands between Redis and @socket.io/redis-adapter, which is handed its `subscriber` in place of a Redis
 * connection and stays unmodified. Packets of the log pass strictly by position. A hole is mended from the stream, else
 * from PostgreSQL; while the relay is not heard the gate asks PostgreSQL, so delivery goes on without Redis.
 * Everything durable comes this way, also on the node that wrote it: all nodes see one order. What is ephemeral is not
 * let through while the gate may be behind: whom it is for stands in the log.
 */
import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import type { Logger } from '../../kernel/app.ts'
import { Unavailable } from '../../kernel/failure.ts'
import { outage } from '../telemetry/outage.ts'
import { blankedBy, openPacket, readPacket, type Entry, type Packet } from './entry.ts'
import { READ_MAX, type History, type LogHead } from './history.ts'
import { readHead, type LogKeys } from './keys.ts'
import { pause } from './pause.ts'
import { createRing, type Ring } from './ring.ts'

const RING_CAPACITY = 20_000
const WARM_UP = 5000
const HELD_MAX = 50_000
const SILENCE_MS = 1500
const LOOK_EVERY_MS = 500
const RETRY_MS = 200

export interface GateOptions {
  /** A subscriber connection of its own. */
  readonly sub: Redis
  readonly history: History
  readonly keys: LogKeys
  readonly logger: Logger
  /** Applies a control event; called in the order of the log, between the events around it, and must be synchronous. */
  readonly onControl: (entry: Entry) => void
  /** All sockets must come back and be admitted anew: the log was replaced, or this node slept past what is kept of it. */
  readonly onNewEpoch: () => void
  readonly observe: (what: 'live' | 'stream' | 'database' | 'repeat', packets: number) => void
}

export interface Gate extends AsyncDisposable {
  /** What the adapter takes for its subscriber connection. */
  readonly subscriber: EventEmitter
  readonly ring: Ring
  epoch(): string
  /** The position up to which everything has been let through; -1 before the start. */
  applied(): number
  /** How many events have been handed to the adapter. */
  passed(): number
  /** Resolves once `pos` has been let through; throws `Unavailable` when it has not been after `ms`. */
  reach(pos: number, ms: number): Promise<void>
  /** Takes the head of the log as the beginning, with the newest past of it in the ring. Retries until PostgreSQL answers. */
  start(): Promise<void>
}

export function createGate({ sub, history, keys, logger, onControl, onNewEpoch, observe }: GateOptions): Gate {
  const ring = createRing(RING_CAPACITY)
  const reading = outage(logger, 'reading the log')
  const held = new Map<number, Packet>()
  const waiting = new Set<{ pos: number; settle: () => void }>()
  const closed = new AbortController()
  let epoch = ''
  let applied = -1
  let passed = 0
  let heardAt = performance.now()
  /** More waits for its place in the log than the relay gives one in a batch. */
  let backlogged = false
  let repairing: Promise<void> | null = null
  let looking: Promise<void> | null = null

  const subscriber = adapterSide(sub)
  const retry = () => pause(RETRY_MS, closed.signal)

  function apply(packet: Packet) {
    try {
      if (packet.letter === 'C') onControl(openPacket(packet))
      else if (packet.letter === 'R') ring.blank(blankedBy(openPacket(packet)))
      else if (packet.letter === 'E') {
        passed += 1
        subscriber.emit('pmessageBuffer', null, Buffer.from(keys.channelOf(packet.room)), packet.message)
      }
    } catch (err) {
      logger.error({ err, pos: packet.pos }, 'a packet could not be applied') // one bad packet must not stop the log
      if (packet.letter === 'C') onNewEpoch() // a right that could not be taken must not live on
    }
    ring.push(packet)
    moveTo(packet.pos)
  }

  function moveTo(pos: number) {
    applied = pos
    for (const waiter of waiting) if (waiter.pos <= applied) waiter.settle()
  }

  function drain() {
    for (let next; (next = held.get(applied + 1));) {
      held.delete(next.pos)
      apply(next)
    }
    for (const pos of held.keys()) if (pos <= applied) held.delete(pos)
  }

  /** One live packet. Out of turn, while a hole is mended, or before the start, it is held. */
  function take(packet: Packet) {
    heardAt = performance.now()
    if (applied >= 0 && packet.pos <= applied) observe('repeat', 1)
    else if (applied >= 0 && packet.pos === applied + 1 && !repairing) {
      apply(packet)
      observe('live', 1)
    } else {
      if (held.size < HELD_MAX) held.set(packet.pos, packet)
      if (applied >= 0) repair()
    }
  }

  /** Fetches what is missing until nothing is. One at a time; live packets are held meanwhile. */
  function repair() {
    repairing ??= mend().finally(() => {
      repairing = null
    })
  }

  async function mend() {
    while (applied >= 0 && !closed.signal.aborted) {
      const [from, era, heldBefore] = [applied, epoch, [...held.keys()]]
      try {
        const { packets, source } = await history.after(from, era)
        reading.worked()
        if (applied !== from || epoch !== era) continue // the log was replaced meanwhile
        const [first] = packets
        if (first && first.pos > from + 1) return startOver() // the log no longer reaches back to here
        // What is published is in the log already; what the log does not have is none of it.
        if (!first) for (const pos of heldBefore) held.delete(pos)
        for (const packet of packets) held.set(packet.pos, packet)
        observe(source, packets.length)
        drain()
        if (held.size === 0 && source === 'database' && packets.length < READ_MAX) return
      } catch (err) {
        reading.failed(err)
        await retry()
      }
    }
  }

  /** How far the log reaches, as the relay tells it, or PostgreSQL when the relay is not heard. */
  function hear(head: LogHead) {
    if (applied < 0) return
    if (head.epoch !== epoch) startOver()
    else if (head.pos > applied) repair()
  }

  function look() {
    looking ??= history
      .head()
      .then(hear, () => undefined)
      .finally(() => {
        looking = null
      })
  }

  function startOver() {
    applied = -1
    epoch = ''
    held.clear()
    onNewEpoch()
    void start()
  }

  async function start() {
    while (applied < 0 && !closed.signal.aborted) {
      try {
        const head = await history.head()
        const past = await history.upTo(head.pos, WARM_UP)
        reading.worked()
        const isWhole = past.length > 0 && head.pos - (past[0]?.pos ?? 0) + 1 === past.length
        ring.reset(isWhole ? head.pos - past.length : head.pos)
        if (isWhole) past.forEach(ring.push)
        epoch = head.epoch
        moveTo(head.pos)
      } catch (err) {
        reading.failed(err)
        await retry()
      }
    }
    drain()
    if (held.size > 0) repair()
  }

  /** Whether the log may say more than what has been let through: then somebody here may have lost a right. */
  const mayBeBehind = () =>
    backlogged || applied < 0 || repairing !== null || held.size > 0 || performance.now() - heardAt > SILENCE_MS

  sub.on('pmessageBuffer', (pattern: string, channel: Buffer, message: Buffer) => {
    const packet = readPacket(keys.roomOf(String(channel)), message)
    if (packet) take(packet)
    else if (!mayBeBehind()) subscriber.emit('pmessageBuffer', pattern, channel, message)
  })
  sub.on('messageBuffer', (channel: Buffer, message: Buffer) => {
    if (String(channel) === keys.head) {
      heardAt = performance.now()
      const { more, ...head } = readHead(String(message))
      backlogged = more
      hear(head)
    } else subscriber.emit('messageBuffer', channel, message)
  })
  sub.on('ready', () => {
    if (applied >= 0) repair()
  })
  sub.subscribe(keys.head).catch(() => undefined) // subscribed again by itself when Redis is back

  const watch = setInterval(() => {
    if (performance.now() - heardAt > SILENCE_MS) look()
  }, LOOK_EVERY_MS)

  return {
    subscriber,
    ring,
    epoch: () => epoch,
    applied: () => applied,
    passed: () => passed,
    start,
    async reach(pos, ms) {
      if (applied >= pos || closed.signal.aborted) return
      const settled = Promise.withResolvers<void>()
      const waiter = { pos, settle: settled.resolve }
      const timer = setTimeout(settled.resolve, ms)
      waiting.add(waiter)
      await settled.promise
      clearTimeout(timer)
      waiting.delete(waiter)
      if (applied < pos) throw Unavailable({}, { cause: new Error(`The log did not reach ${pos} within ${ms} ms`) })
    },
    async [Symbol.asyncDispose]() {
      closed.abort()
      clearInterval(watch)
      for (const waiter of waiting) waiter.settle()
      await Promise.all([repairing, looking])
    },
  }
}

/** An emitter with the subscribing methods the adapter calls. The adapter drops their promises, so refusals end here. */
function adapterSide(sub: Redis): EventEmitter {
  const quiet = (work: Promise<unknown>) => work.catch(() => undefined)
  const subscriber = new EventEmitter().setMaxListeners(0)
  return Object.assign(subscriber, {
    subscribe: (...channels: string[]) => quiet(sub.subscribe(...channels.flat())),
    unsubscribe: (...channels: string[]) => quiet(sub.unsubscribe(...channels.flat())),
    psubscribe: (...patterns: string[]) => quiet(sub.psubscribe(...patterns.flat())),
    punsubscribe: (...patterns: string[]) => quiet(sub.punsubscribe(...patterns.flat())),
  })
}
