import { refusalOf } from '../../kernel/dispatch.ts'
import { TooFast } from '../../kernel/failure.ts'
import { createAllowances } from './allowance.ts'
import { answerPings, type Connection } from './connection.ts'
import type { Reading } from './reading.ts'

/** Packets of one sender: so many a second, and so many at once after a quiet time. */
const PER_SECOND = 20
const BURST = 60
/** Packets of one address, for each connection it may have: 200 a second when those are 300. */
const ADDRESS_PER_SECOND = 2 / 3
const ADDRESS_BURST = 2
const SECOND = 1000

export interface FloodOptions {
  /** Multiplies what one sender or address may send. */
  readonly scale: number
  /** Connections one address may have. */
  readonly perAddress: number
  /** Told of each packet that is dropped. */
  readonly onRefused: () => void
  /** Called when a sender goes on in spite of being told. */
  readonly onFlood: (conn: Connection) => void
}

/** How the packets of one connection are counted. */
export interface Counting {
  readonly address: string
  /** Whose they are: the person’s, with those of all their connections, or the connection’s while nobody has signed in. */
  readonly sender: () => string
  /** Answers to pings do not count: how many there are is for the server to say. */
  readonly reading: Reading
}

/**
 * Lets each sender and each address send so many packets to this process and drops the rest unread: they are counted
 * before anything of them is parsed. Pings of the WebSocket itself are packets like any other. The first dropped command
 * of a second is answered, the others are not. Nobody is to blame for what others send from their address: what is
 * too much for that alone is dropped and forgotten.
 */
export function createFloodgate({ scale, perAddress, onRefused, onFlood }: FloodOptions) {
  const senders = createAllowances(PER_SECOND * scale, BURST * scale)
  const addresses = createAllowances(ADDRESS_PER_SECOND * perAddress * scale, ADDRESS_BURST * perAddress * scale)

  return function boundPackets(conn: Connection, { address, sender, reading }: Counting): void {
    let refused = false
    let quietUntil = -Infinity

    /** Counts one packet, and tells whether it passes. */
    function passes(): boolean {
      const name = sender()
      const isWithin = senders.take(name)
      if (isWithin && addresses.take(address)) return true
      onRefused()
      if (!isWithin && senders.strike(name)) onFlood(conn)
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
}
