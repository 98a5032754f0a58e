import { cutOff, type Connection } from './connection.ts'
import { followReading, type Reading } from './reading.ts'

/** What may be unread by a client that does not keep up, and what may be unread at all, such as a long replay. */
const BYTES_MAX = 512 * 1024
const BURST_MAX = 16 * 1024 * 1024
/** A client for whom more waits must read this much in this time. */
const LOOK_MS = 1000
const PACE = 32 * 1024

/**
 * Cuts off a client that does not read what it is sent. One that reads is given time for a long replay: it is looked at
 * again and again while too much waits. What it had not read it is given when it comes back with its cursor.
 */
export function boundUnread(conn: Connection, onCut: () => void): Reading {
  const reading = followReading(conn, onSent)
  let isCut = false
  let looking: NodeJS.Timeout | null = null

  function onSent() {
    const unread = reading.unread()
    if (unread <= BYTES_MAX || isCut) return // nearly always: this is asked for every packet of every socket
    if (unread > BURST_MAX) cut()
    else if (!looking) lookLater()
  }
  function lookLater() {
    looking = setTimeout(look, LOOK_MS, reading.read())
  }
  function look(before: number) {
    looking = null
    if (reading.unread() <= BYTES_MAX) return
    if (reading.read() - before < PACE) cut()
    else lookLater()
  }
  function cut() {
    isCut = true
    cutOff(conn)
    onCut()
  }

  conn.once('close', () => clearTimeout(looking ?? undefined))
  return reading
}
