import { STATUS_CODES, type IncomingMessage, type Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Server } from 'socket.io'

/** Why no WebSocket comes to be. */
export type Refusal = 'origin' | 'address' | 'full' | 'draining'
const STATUS: Readonly<Record<Refusal, number>> = { origin: 403, address: 429, full: 503, draining: 503 }

/** Puts a door before Socket.IO: whoever wants a WebSocket passes it, or is refused with a status. */
export function putDoor(http: HttpServer, io: Server, refusal: (request: IncomingMessage) => Refusal | null): void {
  http.removeAllListeners('upgrade') // Socket.IO's own, which would let everybody in
  http.on('upgrade', (request, socket, head) => {
    const isOurs = request.url?.startsWith(`${io.path()}/`)
    const why = isOurs ? refusal(request) : null
    if (!isOurs)
      socket.destroy() // nobody else looks after it, not even a timeout
    else if (why) refuse(socket, STATUS[why])
    else (io.engine as unknown as Engine).handleUpgrade(request, socket, head)
  })
}

interface Engine {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

function refuse(socket: Duplex, status: number) {
  socket.on('error', () => undefined) // it is over anyway
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
