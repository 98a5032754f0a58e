/** What keeps connections from costing more than their share before anybody has signed in on them. */
import { cutOff, cutOffSoon, FAREWELL_MS, type Connection } from './connection.ts'

/** Connections of one address that have not signed in yet, and how long each has to do so. */
const STRANGERS_MAX = 50
export const STRANGER_MS = 5000
/** Connections of one address within a minute that never signed in. Those that do are not counted: carriers share addresses. */
const STRANGERS_PER_MINUTE = 60
const MINUTE = 60_000
const HANDSHAKES_MAX = 5

interface Visit {
  readonly address: Address
  handshakes: number
  /** While a handshake is looked at, and for good after one that succeeded. */
  busy: boolean
  /** Ends it if it has not signed in by then; null once it has, or is gone. */
  limit: NodeJS.Timeout | null
}

/** What one address has. */
interface Address {
  connections: number
  strangers: number
  /** Connections begun in this minute that have not signed in. */
  lately: number
}

export interface GuardOptions {
  /** Multiplies what one address may have. */
  readonly scale: number
  /** Connections of one address, signed in or not. */
  readonly perAddress: number
}

export interface Guard extends Disposable {
  /** Whether an address may open one more connection. */
  hasRoomFor(address: string): boolean
  /** Takes charge of a new connection. */
  watch(conn: Connection, address: string): void
  /** Whether a handshake may be looked at now: one at a time, only a few, and none after one that succeeded. */
  begins(conn: Connection): boolean
  ends(conn: Connection, signedIn: boolean): void
}

/** Guards the connections of one process. */
export function createGuard({ scale, perAddress }: GuardOptions): Guard {
  const visits = new WeakMap<Connection, Visit>()
  const addresses = new Map<string, Address>()
  const minutes = setInterval(() => {
    for (const [name, address] of addresses) {
      address.lately = 0
      if (address.connections === 0) addresses.delete(name)
    }
  }, MINUTE)

  function addressNamed(name: string): Address {
    const known = addresses.get(name) ?? { connections: 0, strangers: 0, lately: 0 }
    addresses.set(name, known)
    return known
  }

  function noStranger(visit: Visit) {
    if (!visit.limit) return
    clearTimeout(visit.limit)
    visit.limit = null
    visit.address.strangers -= 1
  }

  return {
    hasRoomFor(name) {
      const { connections, strangers, lately } = addresses.get(name) ?? { connections: 0, strangers: 0, lately: 0 }
      return (
        connections < perAddress * scale && strangers < STRANGERS_MAX * scale && lately < STRANGERS_PER_MINUTE * scale
      )
    },
    watch(conn, name) {
      const address = addressNamed(name)
      address.connections += 1
      address.strangers += 1
      address.lately += 1
      const limit = setTimeout(() => cutOff(conn), STRANGER_MS + FAREWELL_MS)
      const visit: Visit = { address, handshakes: 0, busy: false, limit }
      visits.set(conn, visit)
      conn.once('close', () => {
        address.connections -= 1
        noStranger(visit)
        cutOffSoon(conn) // a client need not answer the end
      })
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
      if (!signedIn) return
      noStranger(visit)
      visit.address.lately = Math.max(0, visit.address.lately - 1)
    },
    [Symbol.dispose]: () => clearInterval(minutes),
  }
}
