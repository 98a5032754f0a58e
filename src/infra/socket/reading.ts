import { takenBy, type Connection } from './connection.ts'

/** Bytes from one ping to the next. */
const STEP = 32 * 1024

/** How far a client has come with what it is sent. */
export interface Reading {
  /** Bytes it has answered for since it connected. */
  read(): number
  /** Bytes that were sent and not answered for, wherever they are. */
  unread(): number
  /** Whether the packet that has just come answers a ping. */
  isAnswer(): boolean
}

/**
 * Follows what a client reads. Nobody here is told what the system and the network hold for it, which may be mebibytes; but
 * it answers pings in the order of all else that it reads, so one is sent among every so many bytes. `onSent` is called for
 * every packet.
 */
export function followReading(conn: Connection, onSent: () => void): Reading {
  /** What had been sent before each ping that is not answered. */
  const marks: number[] = []
  let sent = 0
  let pinged = 0
  let read = 0
  let isAnswer = false

  conn.on('packetCreate', ({ type, data }: { type: string; data?: string | Buffer }) => {
    if (type === 'ping') {
      marks.push(sent)
      return
    }
    if (sent - pinged >= STEP) {
      pinged = sent
      ;(conn as unknown as Pinging).sendPacket('ping')
    }
    sent += data?.length ?? 0
    onSent()
  })
  conn.on('packet', ({ type }: { type: string }) => {
    const mark = type === 'pong' ? marks.shift() : undefined
    isAnswer = mark !== undefined
    if (mark !== undefined) read = Math.min(mark, takenBy(conn)) // nobody has read what has not left
  })
  return { read: () => read, unread: () => sent - read, isAnswer: () => isAnswer }
}

/** How engine.io sends its own heartbeat; it has no public way to. */
interface Pinging {
  sendPacket(type: 'ping'): void
}
