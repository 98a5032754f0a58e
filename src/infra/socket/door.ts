import { STATUS_CODES, type IncomingMessage, type Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Server } from 'socket.io'
import { addressOf } from '../http/address.ts'
import type { Guard } from './guard.ts'

/** Why no WebSocket comes to be. */
export type Refusal = 'origin' | 'address' | 'full' | 'draining'
const STATUS: Readonly<Record<Refusal, number>> = { origin: 403, address: 429, full: 503, draining: 503 }

export interface DoorOptions {
  readonly http: HttpServer
  readonly io: Server
  readonly guard: Guard
  /** The exact origins of web apps that may connect. Apps that are no web pages send none. */
  readonly origins: readonly string[]
  readonly trustedHops: number
  /** Connections of this process. */
  readonly max: number
  readonly onRefused: (why: Refusal) => void
}

export interface Door {
  /** Lets nobody in any more. */
  shut(): void
}

/** Puts a door before Socket.IO: whoever wants a WebSocket passes it, or is refused with a status. */
export function putDoor({ http, io, guard, origins, trustedHops, max, onRefused }: DoorOptions): Door {
  let isShut = false

  function refusalOf(request: IncomingMessage): Refusal | null {
    const { origin } = request.headers
    if (isShut) return 'draining'
    if (origin !== undefined && !origins.includes(origin)) return 'origin'
    if (io.engine.clientsCount >= max) return 'full'
    return guard.hasRoomFor(addressOf(request, trustedHops)) ? null : 'address'
  }

  http.removeAllListeners('upgrade') // Socket.IO's own, which would let everybody in
  http.on('upgrade', (request, socket, head) => {
    const isOurs = request.url?.startsWith(`${io.path()}/`)
    const why = isOurs ? refusalOf(request) : null
    if (!isOurs)
      socket.destroy() // nobody else looks after it, not even a timeout
    else if (why) {
      onRefused(why)
      refuse(socket, STATUS[why])
    } else (io.engine as unknown as Engine).handleUpgrade(request, socket, head)
  })
  return {
    shut() {
      isShut = true
    },
  }
}

interface Engine {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

function refuse(socket: Duplex, status: number) {
  socket.on('error', () => undefined) // it is over anyway
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
