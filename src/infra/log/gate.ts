/**
 * The gate stands between Redis and @socket.io/redis-adapter, which is handed its `subscriber` in place of a Redis
 * connection and stays unmodified. Packets of the log pass strictly by position. A hole is mended from the stream, else
 * from PostgreSQL; while Redis is silent the gate asks PostgreSQL, so delivery goes on without Redis.
 * Everything durable comes this way, also on the node that wrote it: all nodes see one order.
 */
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Logger } from '../../kernel/app.ts'
import { openPacket, readPacket, type Entry, type Packet } from './entry.ts'
import type { History } from './history.ts'
import type { LogKeys } from './keys.ts'
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
  /** The log was replaced: what was delivered so far has no place in the new one. */
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
  /** Resolves once `pos` has been let through; rejects after `ms`. */
  reach(pos: number, ms: number): Promise<void>
  /** Takes the head of the log as the beginning, with the newest past of it in the ring. Retries until PostgreSQL answers. */
  start(): Promise<void>
}

export function createGate({ sub, history, keys, logger, onControl, onNewEpoch, observe }: GateOptions): Gate {
  const ring = createRing(RING_CAPACITY)
  const held = new Map<number, Packet>()
  const waiting = new Set<{ pos: number; resolve: () => void }>()
  const closed = new AbortController()
  let epoch = ''
  let applied = -1
  let heardAt = performance.now()
  let repairing: Promise<void> | null = null

  const subscriber = adapterSide(sub)

  function apply(packet: Packet) {
    try {
      if (packet.letter === 'C') onControl(openPacket(packet))
      else if (packet.letter === 'E')
        subscriber.emit('pmessageBuffer', null, Buffer.from(keys.channelOf(packet.room)), packet.message)
    } catch (err) {
      logger.error({ err, pos: packet.pos }, 'a packet could not be applied') // one bad packet must not stop the log
    }
    ring.push(packet)
    applied = packet.pos
    for (const waiter of waiting) if (waiter.pos <= applied) waiter.resolve()
  }

  function drain() {
    for (let next; (next = held.get(applied + 1));) {
      held.delete(next.pos)
      apply(next)
    }
    for (const pos of held.keys()) if (pos <= applied) held.delete(pos)
  }

  function take(packet: Packet) {
    heardAt = performance.now()
    if (applied >= 0 && packet.pos <= applied) return observe('repeat', 1)
    if (packet.pos === applied + 1 && !repairing && applied >= 0) {
      apply(packet)
      observe('live', 1)
      return drain()
    }
    if (held.size < HELD_MAX) held.set(packet.pos, packet)
    if (applied >= 0) repair()
  }

  /** Fetches what is missing until nothing is. One at a time; live packets are held meanwhile. */
  function repair() {
    repairing ??= mend().finally(() => {
      repairing = null
      if (held.size > 0 && !closed.signal.aborted) repair()
    })
  }

  async function mend() {
    for (let empty = 0; empty < 3 && !closed.signal.aborted;) {
      try {
        const { packets, source } = await history.after(applied)
        const next = packets.filter(packet => packet.pos > applied)
        next.forEach(apply)
        observe(source, next.length)
        drain()
        heardAt = performance.now()
        if (next.length > 0) empty = 0
        else if (held.size === 0) return
        else empty += 1
      } catch (err) {
        logger.warn({ err, applied }, 'the log cannot be read')
        empty = 0
      }
      if (held.size > 0) await sleep(RETRY_MS, undefined, { signal: closed.signal }).catch(() => undefined)
    }
  }

  function hearHead(message: string) {
    heardAt = performance.now()
    if (applied < 0) return
    const [newEpoch, head] = message.split(':')
    if (newEpoch !== epoch) return restart()
    if (Number(head) > applied) repair()
  }

  function restart() {
    applied = -1
    held.clear()
    ring.clear()
    onNewEpoch()
    void start()
  }

  async function start() {
    while (applied < 0 && !closed.signal.aborted) {
      try {
        const head = await history.head()
        const past = await history.upTo(head.pos, WARM_UP)
        past.forEach(ring.push)
        epoch = head.epoch
        applied = head.pos
      } catch (err) {
        logger.warn({ err }, 'the log cannot be read yet')
        await sleep(RETRY_MS, undefined, { signal: closed.signal }).catch(() => undefined)
      }
    }
    drain()
    if (held.size > 0) repair()
  }

  sub.on('pmessageBuffer', (pattern: string, channel: Buffer, message: Buffer) => {
    const packet = readPacket(keys.roomOf(String(channel)), message)
    if (packet) take(packet)
    else subscriber.emit('pmessageBuffer', pattern, channel, message)
  })
  sub.on('messageBuffer', (channel: Buffer, message: Buffer) => {
    if (String(channel) === keys.head) hearHead(String(message))
    else subscriber.emit('messageBuffer', channel, message)
  })
  sub.on('ready', () => {
    if (applied >= 0) repair()
  })
  sub.subscribe(keys.head).catch(() => undefined) // subscribed again by itself when Redis is back

  const watch = setInterval(() => {
    if (applied >= 0 && performance.now() - heardAt > SILENCE_MS) repair()
  }, LOOK_EVERY_MS)

  return {
    subscriber,
    ring,
    epoch: () => epoch,
    applied: () => applied,
    start,
    async reach(pos, ms) {
      if (applied >= pos) return
      const reached = Promise.withResolvers<void>()
      const waiter = { pos, resolve: reached.resolve }
      const timer = setTimeout(() => reached.reject(new Error(`The log did not reach ${pos} within ${ms} ms`)), ms)
      waiting.add(waiter)
      try {
        await reached.promise
      } finally {
        clearTimeout(timer)
        waiting.delete(waiter)
      }
    },
    async [Symbol.asyncDispose]() {
      closed.abort()
      clearInterval(watch)
      await repairing
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
