import { bufferedOf, cutOff, isWaiting, takenBy, type Connection } from './connection.ts'

/** What may wait for a client that does not keep up, and what may wait at all, such as a long replay. */
const BYTES_MAX = 1024 * 1024
const PACKETS_MAX = 1000
const BURST_MAX = 16 * BYTES_MAX
/** A client for whom more waits must take this much in this time. */
const LOOK_MS = 1500
const PACE = 256 * 1024

/**
 * Cuts off a client that does not read what it is sent. One that reads is given time for a long replay: it is looked at
 * again and again while too much waits. What it had not read it is given when it comes back with its cursor.
 */
export function boundUnread(conn: Connection, onCut: () => void): void {
  let unsent = 0
  let packets = 0
  let isCut = false
  let looking: NodeJS.Timeout | null = null

  const waiting = () => unsent + bufferedOf(conn)
  const isBehind = () => waiting() > BYTES_MAX || packets > PACKETS_MAX
  const lookLater = () => {
    looking = setTimeout(look, LOOK_MS, takenBy(conn))
  }
  function look(before: number) {
    looking = null
    if (!isBehind()) return
    if (takenBy(conn) - before < PACE) cut()
    else lookLater()
  }
  function cut() {
    isCut = true
    cutOff(conn)
    onCut()
  }

  conn.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
    if (!isWaiting(conn)) return // nearly always: this is asked for every packet of every socket
    unsent += data?.length ?? 0
    packets += 1
    if (isCut) return
    if (waiting() > BURST_MAX) cut()
    else if (!looking && isBehind()) lookLater()
  })
  // What waited here waits in the WebSocket now.
  conn.on('flush', () => {
    unsent = 0
    packets = 0
  })
  conn.once('close', () => clearTimeout(looking ?? undefined))
}
