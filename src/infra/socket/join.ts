import type { Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { openPacket, type Entry } from '../log/entry.ts'
import type { Gate } from '../log/gate.ts'
import { MISSED_BATCH, type History } from '../log/history.ts'
import { after, before, endOf, visible, type OpenRooms } from '../log/replay.ts'
import { admit, type IsLive } from './admission.ts'
import type { Identity } from './handshake.ts'
import { end, takeSeats } from './seat.ts'

const REPLAY_MAX = 2000
const REPLAY_BATCH = 500
const BEHIND_MS = 4000

export interface JoinDeps {
  readonly app: App
  readonly gate: Gate
  readonly history: History
  readonly isLive: IsLive
}

/** Why a client must read afresh. */
type Lost = 'fresh' | 'epoch' | 'age' | 'amount'

/** Told to the client once it hears everything from here on. */
export interface Ready {
  /** Whether everything after the client's cursor has been replayed; when not, it must read afresh. */
  readonly recovered: boolean
  readonly reason: 'resumed' | Lost
  readonly cursor: string
}

/**
 * Brings a socket into its rooms: replays what it missed and goes live, without a gap, a repeat, or anything it may not
 * have. The last part is synchronous, so no live packet falls between the replay and the rooms.
 */
export async function join(
  { app, gate, history, isLive }: JoinDeps,
  socket: Socket,
  identity: Identity,
): Promise<void> {
  const { actor } = identity
  const { head, epoch, live, rooms, open, pending } = await admit(app, isLive, identity)
  if (!live) return end(socket, 'revoked')

  const start = await resumePoint(gate, history, identity.cursor)
  await gate.reach(Math.max(head, start.pos ?? 0), BEHIND_MS) // also when the client has been further than this node
  const old = start.pos === null ? null : await readOld(gate, history, start.pos, rooms, actor.id)
  if (!socket.connected) return
  if (gate.epoch() !== epoch) throw new Error('The log was replaced while a socket joined')

  // ---- synchronous from here
  const sinceHead = entriesOf(gate, head)
  const ended = endOf(sinceHead, actor)
  if (ended) return end(socket, ended)
  const atHead = before(rooms, pending, actor, NONE_OPEN)
  const now = after(atHead, sinceHead, actor, open)
  const events = old && start.pos !== null ? missedBy(start.pos, old) : null
  const lost = start.lost ?? (events === null || events.length > REPLAY_MAX ? 'amount' : null)
  if (!lost && events) replay(socket, events)
  takeSeats(socket, now, open)
  const ready: Ready = { recovered: lost === null, reason: lost ?? 'resumed', cursor: `${epoch}:${gate.applied()}` }
  socket.emit('log:ready', ready)

  function missedBy(since: number, older: readonly Entry[]): Entry[] {
    const missed = [...older, ...entriesOf(gate, older.at(-1)?.pos ?? since)]
    const then =
      since <= head
        ? before(
            atHead,
            missed.filter(({ pos }) => pos <= head),
            actor,
            open,
          )
        : after(
            atHead,
            sinceHead.filter(({ pos }) => pos <= since),
            actor,
            open,
          )
    return visible(missed, then, now, actor, open)
  }
}

const NONE_OPEN: OpenRooms = new Map()

/** The position a cursor names, or why there is nothing to resume from. */
async function resumePoint(
  gate: Gate,
  history: History,
  cursor: string | null,
): Promise<{ pos: number; lost: null } | { pos: null; lost: Lost }> {
  if (cursor === null) return { pos: null, lost: 'fresh' }
  const [epoch, text] = cursor.split(':')
  const pos = Number(text)
  if (epoch !== gate.epoch()) return { pos: null, lost: 'epoch' }
  return gate.ring.covers(pos) || (await history.reaches(pos)) ? { pos, lost: null } : { pos: null, lost: 'age' }
}

/** The client's part of what the ring no longer has, from PostgreSQL; null when that is too much to replay. */
async function readOld(
  gate: Gate,
  history: History,
  since: number,
  rooms: ReadonlySet<string>,
  userId: string,
): Promise<Entry[] | null> {
  const entries: Entry[] = []
  for (let from = since; from < gate.applied() && !gate.ring.covers(from);) {
    const until = gate.applied()
    const found = await history.missed(from, until, [...rooms], userId)
    entries.push(...found.map(openPacket))
    if (entries.length > REPLAY_MAX) return null
    from = found.length === MISSED_BATCH ? (found.at(-1)?.pos ?? until) : until
  }
  return entries
}

const entriesOf = (gate: Gate, pos: number): Entry[] =>
  gate.ring
    .after(pos)
    .filter(({ letter }) => letter !== 'N')
    .map(openPacket)

function replay(socket: Socket, events: readonly Entry[]) {
  for (let from = 0; from < events.length; from += REPLAY_BATCH) {
    const batch = events.slice(from, from + REPLAY_BATCH)
    socket.emit(
      'log:replay',
      batch.map(({ name, payload, pos }) => [name, payload, pos]),
    )
  }
}
