import type { Socket } from 'socket.io'
import { Unavailable } from '../../kernel/failure.ts'
import { openPacket, type Entry, type Packet } from '../log/entry.ts'
import type { Gate } from '../log/gate.ts'
import { READ_MAX, type History } from '../log/history.ts'
import { after, before, endOf, visible, withoutRedacted, type Member } from '../log/replay.ts'
import type { Admission, Admit } from './admission.ts'
import type { Identity } from './handshake.ts'
import { BEHIND_MS, controlsSince, end, takeSeats } from './seat.ts'
import { Ready, replay, tell } from './signals.ts'

const REPLAY_MAX = 2000
/** In JSON it may be twice as much, and is less than what may be unread at all. */
const REPLAY_BYTES = 8 * 1024 * 1024
/** Beyond this many positions the search for one person's part takes the database longer than reading afresh. */
const SEARCH_MAX = 100_000

export interface JoinDeps {
  readonly gate: Gate
  readonly history: History
  readonly admit: Admit
  /** Told how each client took up where it was, or why it could not. */
  readonly onReady: (outcome: Ready['reason']) => void
}

/** Why a client must read afresh. */
type Lost = Exclude<Ready['reason'], 'resumed'>

/**
 * Brings a socket into its rooms: replays what it missed and goes live, without a gap, a repeat, or anything it may not
 * have. The last part is synchronous, so no live packet falls between the replay and the rooms.
 */
export async function join(
  { admit, gate, history, onReady }: JoinDeps,
  socket: Socket,
  identity: Identity,
): Promise<void> {
  const { actor } = identity
  const admission = await admit(identity)
  const { epoch, head, live, rooms, open, pending } = admission
  if (!live) return end(socket, 'revoked')
  await gate.reach(head, BEHIND_MS)
  const past = await readPast(gate, history, identity, admission)
  if (!socket.connected) return

  // ---- synchronous from here
  const controls = controlsSince(gate, epoch, head)
  const ended = endOf(controls, actor)
  if (ended) return end(socket, ended)
  const atHead = before(rooms, pending, actor)
  const now = after(atHead, controls, actor)
  const missed = typeof past === 'string' ? past : missedBy(past)
  if (typeof missed !== 'string') replay(socket, missed)
  takeSeats(socket, now, open)
  const lost = typeof missed === 'string' ? missed : null
  tell(socket, Ready, { recovered: !lost, reason: lost ?? 'resumed', cursor: `${epoch}:${gate.applied()}` })
  onReady(lost ?? 'resumed')

  function missedBy({ entries, until }: Past): Entry[] | Lost {
    if (!gate.ring.covers(until)) throw Unavailable() // it went on by a whole ring meanwhile
    const all = withoutRedacted([...entries, ...opened(gate.ring.after(until), now)])
    const upToHead = all.filter(({ pos }) => pos <= head)
    const events = visible(all, before(atHead, upToHead, actor), now, actor, open)
    const bytes = events.reduce((sum, event) => sum + event.bytes, 0)
    return events.length > REPLAY_MAX || bytes > REPLAY_BYTES ? 'amount' : events
  }
}

/** The client's part of what the ring no longer has: everything up to `until`. */
interface Past {
  readonly entries: readonly Entry[]
  readonly until: number
}

/** Reads what the ring no longer has of what a client missed, or tells why the client must read afresh. */
async function readPast(
  gate: Gate,
  history: History,
  { cursor, actor }: Identity,
  { epoch, head, rooms }: Admission,
): Promise<Past | Lost> {
  if (cursor === null) return 'fresh'
  const [era, pos] = cursor.split(':')
  const since = Number(pos)
  if (era !== epoch || since > head) return 'epoch'
  if (gate.ring.covers(since)) return { entries: [], until: since }
  const entries = head - since > SEARCH_MAX ? null : await search(history, since, head, [...rooms], actor.id)
  if (!(await history.reaches(since))) return 'age' // asked last, so that it held while the search went on
  return entries ? { entries, until: head } : 'amount'
}

/** What of these positions is for these rooms or controls this person's; null when that is too much to replay. */
async function search(
  history: History,
  since: number,
  until: number,
  rooms: string[],
  userId: string,
): Promise<Entry[] | null> {
  const entries: Entry[] = []
  for (let from = since; entries.length <= REPLAY_MAX;) {
    const found = await history.missed(from, until, rooms, userId)
    entries.push(...found.map(openPacket))
    if (found.length < READ_MAX) return entries
    from = found.at(-1)?.pos ?? until
  }
  return null
}

/** Decodes what may concern a member of these rooms; what is for several rooms can only be told by its content. */
const opened = (packets: readonly Packet[], rooms: Member): Entry[] =>
  packets
    .filter(({ letter, room }) => letter !== 'N' && (letter !== 'E' || room === '' || rooms.has(room)))
    .map(openPacket)
