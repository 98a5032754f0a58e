/** The connection under a socket: engine.io's, and what lies under that. */
import type { Server, Socket } from 'socket.io'

export type Connection = Socket['conn']

/** The WebSocket under a connection; engine.io has no public way to it. */
interface WebSocket {
  terminate(): void
  on(what: 'ping', hear: (data: Buffer) => void): void
  pong(data: Buffer): void
}
const webSocketOf = (conn: Connection) => (conn.transport as unknown as { readonly socket: WebSocket }).socket

/** Has WebSockets answer no pings by themselves: the answers to a client that reads none of them would pile up. */
export function leavePingsUnanswered(io: Server): void {
  const { ws } = io.engine as unknown as { readonly ws: { readonly options: { autoPong?: boolean } } }
  ws.options.autoPong = false
}

/** Answers those pings of a client that `passes` lets through. */
export function answerPings(conn: Connection, passes: () => boolean): void {
  const webSocket = webSocketOf(conn)
  webSocket.on('ping', data => {
    if (passes()) webSocket.pong(data)
  })
}

/** The handle of the stream under the WebSocket: nothing public tells how far a write has come. */
interface Stream {
  readonly _handle?: { readonly bytesWritten: number; readonly writeQueueSize: number } | null
}

/** The bytes that the system has taken, also of a write that is not through; a few more than were given to be sent. */
export function takenBy(conn: Connection): number {
  const { _handle: handle } = conn.request.socket as Stream
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0
}

/** How long a client has to answer the end of its connection. */
export const FAREWELL_MS = 1000

/** Ends a connection at once, whatever its client does or leaves undone. */
export const cutOff = (conn: Connection): void => webSocketOf(conn).terminate()
export const cutOffSoon = (conn: Connection): void => void setTimeout(cutOff, FAREWELL_MS, conn).unref()

/** Ends a connection in a way after which a client of ours connects again, here or elsewhere. */
export function dismiss(conn: Connection): void {
  conn.close()
  cutOffSoon(conn)
}
