/** What keeps one connection from costing more than its share, before and below Socket.IO's events. */
import type { Socket } from 'socket.io'

/** Connections of one address that have not signed in yet, and how long each has to do so. */
const STRANGERS_MAX = 500
export const STRANGER_MS = 5000
const HANDSHAKES_MAX = 5
/** What may wait to be read for a while, and what may wait at all, such as a long replay; in bytes. */
const UNREAD_MAX = 1024 * 1024
const UNREAD_BURST_MAX = 16 * UNREAD_MAX
const UNREAD_MS = 5000
/** How long a client has to answer the end of its connection. */
const FAREWELL_MS = 1000

type Connection = Socket['conn']

interface Visit {
  readonly address: string
  handshakes: number
  /** While a handshake is looked at, and for good after one that succeeded. */
  busy: boolean
  /** Ends it if it has not signed in by then; null once it has, or is gone. */
  limit: NodeJS.Timeout | null
}

export interface Guard {
  /** Whether an address may open one more connection. */
  hasRoomFor(address: string): boolean
  /** Takes charge of a new connection. */
  watch(conn: Connection, address: string): void
  /** Whether a handshake may be looked at now: one at a time, only a few, and none after one that succeeded. */
  begins(conn: Connection): boolean
  ends(conn: Connection, signedIn: boolean): void
}

/** Guards the connections of one process; what one address may have is multiplied by `scale`. */
export function createGuard(scale: number): Guard {
  const visits = new WeakMap<Connection, Visit>()
  const strangers = new Map<string, number>()

  function count(address: string, by: 1 | -1) {
    const now = (strangers.get(address) ?? 0) + by
    if (now > 0) strangers.set(address, now)
    else strangers.delete(address)
  }

  function noStranger(visit: Visit) {
    if (!visit.limit) return
    clearTimeout(visit.limit)
    visit.limit = null
    count(visit.address, -1)
  }

  return {
    hasRoomFor: address => (strangers.get(address) ?? 0) < STRANGERS_MAX * scale,
    watch(conn, address) {
      const limit = setTimeout(() => cutOff(conn), STRANGER_MS + FAREWELL_MS)
      const visit: Visit = { address, handshakes: 0, busy: false, limit }
      visits.set(conn, visit)
      count(address, 1)
      conn.once('close', () => noStranger(visit))
      boundUnread(conn)
    },
    begins(conn) {
      const visit = visits.get(conn)
      if (!visit || visit.busy || (visit.handshakes += 1) > HANDSHAKES_MAX) return false
      return (visit.busy = true)
    },
    ends(conn, signedIn) {
      const visit = visits.get(conn)
      if (!visit) return
      visit.busy = signedIn
      if (signedIn) noStranger(visit)
    },
  }
}

/** The WebSocket under a connection; engine.io has no public way to it. */
interface WebSocket {
  readonly bufferedAmount: number
  terminate(): void
}
const webSocketOf = (conn: Connection) => (conn.transport as unknown as { readonly socket: WebSocket }).socket

/** Ends a connection at once, whatever its client does or leaves undone. */
const cutOff = (conn: Connection) => webSocketOf(conn).terminate()
const cutOffSoon = (conn: Connection) => void setTimeout(cutOff, FAREWELL_MS, conn).unref()

/** Ends a connection in a way after which a client of ours connects again, here or elsewhere. */
export function dismiss(conn: Connection): void {
  conn.close()
  cutOffSoon(conn)
}

/** Cuts off a client that does not read what it is sent, and one that does not answer the end. */
function boundUnread(conn: Connection) {
  let unsent = 0
  let lastSmall = performance.now()
  conn.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
    unsent += data?.length ?? 0
    const unread = unsent + webSocketOf(conn).bufferedAmount
    const now = performance.now()
    if (unread <= UNREAD_MAX) lastSmall = now
    else if (unread > UNREAD_BURST_MAX || now - lastSmall > UNREAD_MS) cutOff(conn)
  })
  conn.on('flush', () => (unsent = 0)) // what waited here waits in the WebSocket now
  conn.once('close', () => cutOffSoon(conn))
}
