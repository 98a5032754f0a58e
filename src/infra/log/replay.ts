import { AccessGranted, AccessRevoked, SessionClosed } from '../../kernel/control.ts'
import type { Grounds } from '../../kernel/room.ts'
import type { Actor } from '../../kernel/scope.ts'
import type { Infer } from '../../kernel/shape.ts'
import { blankedBy, type Entry } from './entry.ts'

/** Rooms entered for a while, each with what that right rests on. */
export type OpenRooms = ReadonlyMap<string, Grounds>

/** A person's rooms: the standing ones, and the open ones they ask for, whether or not the grounds hold just then. */
export type Member = ReadonlySet<string>

type Access = Infer<typeof AccessGranted.payload> | Infer<typeof AccessRevoked.payload>

/** What a control entry does to one person's rooms; null when it does nothing to them. */
function turnOf({ name, payload }: Entry, { id }: Actor): { granted: boolean; rooms: readonly string[] } | null {
  if (name !== AccessGranted.name && name !== AccessRevoked.name) return null
  const { userId, rooms } = payload as Access
  return userId === id || userId === null ? { granted: name === AccessGranted.name, rooms } : null
}

function turn(member: Set<string>, rooms: readonly string[], granted: boolean) {
  for (const room of rooms)
    if (granted) member.add(room)
    else member.delete(room)
}

/** Applies what these entries did, oldest first: membership as it is after them. */
export function after(member: Member, entries: readonly Entry[], actor: Actor): Set<string> {
  const later = new Set(member)
  for (const entry of entries) {
    const done = turnOf(entry, actor)
    if (done) turn(later, done.rooms, done.granted)
  }
  return later
}

/** Takes back what these entries did, newest first: membership as it was before them. */
export function before(member: Member, entries: readonly Entry[], actor: Actor): Set<string> {
  const earlier = new Set(member)
  for (const entry of entries.toReversed()) {
    const done = turnOf(entry, actor)
    if (done) turn(earlier, done.rooms, !done.granted)
  }
  return earlier
}

/** Whether the right to an open room holds for whoever sits in these rooms. */
export const holds = ({ needs, bars }: Grounds, rooms: ReadonlySet<string>): boolean =>
  needs.every(room => rooms.has(room)) && !bars.some(room => rooms.has(room))

/** Whether a member sits in a room: in an open one only while its grounds hold. */
export function sitsIn(member: Member, room: string, open: OpenRooms): boolean {
  const grounds = open.get(room)
  return member.has(room) && (!grounds || holds(grounds, member))
}

/**
 * The events among `missed` that a person may have: of rooms they sat in when it happened and sit in now, and of
 * nobody they were hidden from at either time. `then` is their membership just before the first, `now` after the last.
 */
export function visible(missed: readonly Entry[], then: Member, now: Member, actor: Actor, open: OpenRooms): Entry[] {
  const member = new Set(then)
  return missed.filter(entry => {
    const done = turnOf(entry, actor)
    if (done) turn(member, done.rooms, done.granted)
    return (
      entry.kind === 'event' &&
      entry.rooms.some(room => sitsIn(member, room, open) && sitsIn(now, room, open)) &&
      !entry.except.some(room => member.has(room) || now.has(room))
    )
  })
}

/**
 * The entries less those that a redaction among them has blanked. Each store of the log is blanked by itself; this is
 * for what was read from one before and is joined to another after.
 */
export function withoutRedacted(entries: readonly Entry[]): Entry[] {
  const blanked = new Set(entries.filter(({ kind }) => kind === 'redaction').flatMap(blankedBy))
  return entries.filter(({ pos }) => !blanked.has(pos))
}

/** Why this session is over, if one of these entries ended it. */
export function endOf(entries: readonly Entry[], actor: Actor): Infer<typeof SessionClosed.payload>['reason'] | null {
  for (const { name, payload } of entries) {
    if (name !== SessionClosed.name) continue
    const end = payload as Infer<typeof SessionClosed.payload>
    if (end.sessionId === actor.sessionId) return end.reason
  }
  return null
}
