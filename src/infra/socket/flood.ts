import { refusalOf } from '../../kernel/dispatch.ts'
import { TooFast } from '../../kernel/failure.ts'
import { answerPings, type Connection } from './connection.ts'
import type { Reading } from './reading.ts'

/** Packets of one connection: so many a second, and so many at once after a quiet time. */
const PER_SECOND = 20
const BURST = 60
/** Seconds of a minute in which too many came; after so many the connection is over. */
const STRIKES_MAX = 3
const SECOND = 1000

export interface FloodOptions {
  /** Answers to pings do not count: how many there are is for the server to say. */
  readonly reading: Reading
  /** Multiplies what a connection may send. */
  readonly scale: number
  /** Told of each packet that is dropped. */
  readonly onRefused: () => void
  /** Called when it goes on in spite of being told. */
  readonly onFlood: () => void
}

/**
 * Lets a connection send so many packets and drops the rest unread: they are counted before anything of them is parsed.
 * Pings of the WebSocket itself are packets like any other. The first dropped command of a second is answered, the others
 * are not.
 */
export function boundPackets(conn: Connection, { reading, scale, onRefused, onFlood }: FloodOptions): void {
  const burst = BURST * scale
  let points = burst
  let countedAt = performance.now()
  let refused = false
  let struckUntil = -Infinity
  let quietUntil = -Infinity
  const strikes = countWithin(60 * SECOND, STRIKES_MAX)

  /** Counts one packet, and tells whether it passes. */
  function passes(): boolean {
    const now = performance.now()
    points = Math.min(burst, points + ((now - countedAt) / SECOND) * PER_SECOND * scale)
    countedAt = now
    if (points >= 1) {
      points -= 1
      return true
    }
    onRefused()
    if (now >= struckUntil) {
      struckUntil = now + SECOND
      if (strikes()) onFlood()
    }
    return false
  }

  conn.on('packet', () => {
    if (!reading.isAnswer()) refused = !passes()
  })
  answerPings(conn, passes)

  // Socket.IO listens for the data of packets already; from here on it is given only what passes.
  const readers = conn.listeners('data') as ((data: unknown) => void)[]
  conn.removeAllListeners('data')
  conn.on('data', (data: unknown) => {
    if (!refused) for (const read of readers) read(data)
    else if (performance.now() >= quietUntil) {
      quietUntil = performance.now() + SECOND
      answer(data)
    }
  })

  function answer(data: unknown) {
    const id = typeof data === 'string' ? /^2(\d{1,15})\[/.exec(data)?.[1] : undefined
    if (id) conn.write(`3${id}${JSON.stringify([refusalOf(TooFast({ retryAfterMs: SECOND }))])}`)
  }
}

/** Counts calls; tells whether there have been `max` within a time. */
export function countWithin(ms: number, max: number): () => boolean {
  let count = 0
  let until = -Infinity
  return () => {
    const now = performance.now()
    if (now > until) [count, until] = [0, now + ms]
    return (count += 1) >= max
  }
}
