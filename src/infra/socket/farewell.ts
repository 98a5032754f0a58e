import type { Socket } from 'socket.io'
import { within } from '../../kernel/within.ts'
import { dismiss } from './connection.ts'
import { COOLDOWN_MS, type Cooldown } from './cooldown.ts'
import type { Identity } from './handshake.ts'
import type { Packets } from './packets.ts'
import { Closing, tell } from './signals.ts'

/** How long a command under way may still take when its socket is sent away. */
const REST_MS = 800
/** Within what time clients come back that are sent away one by one, and those that are all at once. */
const SOON_MS = 1000
const SPREAD_MS = 5000

/** A socket that has signed in. */
export interface Visitor {
  readonly socket: Socket
  readonly packets: Packets
}

export interface Farewells {
  /** Tells a client why its connection closes, and closes it; the client comes back soon. */
  sendAway(socket: Socket, reason: Closing['reason']): void
  /** The same once the command under way is answered, or takes too long. */
  sendAwayAfterAck(visitor: Visitor, reason: Closing['reason']): Promise<void>
  /** Has a client admitted anew, together with many others. */
  reset(socket: Socket): void
  /** Sends a client away that must not come back by itself: it and the one it made room for would take turns for ever. */
  displace(socket: Socket): void
  /** Sends a client away that floods the server; the person may not connect for a while. */
  coolDown(socket: Socket): void
}

/** The ways in which the server closes a socket; `onClosed` is told the reason of each. */
export function createFarewells(cooldown: Cooldown, onClosed: (reason: Closing['reason']) => void): Farewells {
  function close(socket: Socket, reason: Closing['reason'], afterMs: number | null) {
    if (!socket.connected) return
    onClosed(reason)
    tell(socket, Closing, { reason, afterMs })
    if (afterMs === null) socket.disconnect(true)
    else dismiss(socket.conn)
  }
  const sendAway: Farewells['sendAway'] = (socket, reason) => close(socket, reason, randomMs(SOON_MS))
  return {
    sendAway,
    async sendAwayAfterAck({ socket, packets }, reason) {
      await within(REST_MS, packets.rest()).catch(() => undefined)
      sendAway(socket, reason)
    },
    reset: socket => close(socket, 'reset', randomMs(SPREAD_MS)),
    displace: socket => close(socket, 'displaced', null),
    coolDown(socket) {
      cooldown.begin((socket.data as { identity: Identity }).identity.actor.id)
      close(socket, 'too_fast', COOLDOWN_MS + randomMs(SOON_MS))
    },
  }
}

const randomMs = (below: number) => Math.floor(Math.random() * below)
