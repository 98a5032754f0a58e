import type { Socket } from 'socket.io'
import { Expiring, tell } from './signals.ts'

/** How long before its end a client is told of it: of a short-lived token, this part of its life. */
const NOTICE_MS = 60_000
const NOTICE_PART = 3 / 4
/** How long after its end the socket stays. */
const GRACE_MS = 15_000
/** The share of the notice over which clients are told, so that a herd that came together does not renew together. */
const SPREAD = 0.1

export interface Expiry {
  /** The client has shown a token that is good until then. */
  renew(expiresAt: Date): void
  stop(): void
}

/** Tells a client in time that its token ends, and calls `over` some seconds after it has. */
export function watchExpiry(socket: Socket, first: Date, over: () => void): Expiry {
  let until = first
  let timers: NodeJS.Timeout[] = []

  const stop = () => timers.forEach(timer => clearTimeout(timer))
  function start() {
    const left = until.getTime() - Date.now()
    const notice = Math.min(NOTICE_MS, left * NOTICE_PART) * (1 - SPREAD * Math.random())
    timers = [
      setTimeout(() => tell(socket, Expiring, { expiresAt: until.toISOString() }), left - notice),
      setTimeout(over, left + GRACE_MS),
    ]
  }

  start()
  return {
    stop,
    renew(expiresAt) {
      if (expiresAt <= until) return // an older token changes nothing
      until = expiresAt
      stop()
      start()
    },
  }
}
