import { AccessGranted, AccessRevoked, SessionEnded } from '../../kernel/control.ts'
import type { Actor } from '../../kernel/scope.ts'
import type { Infer } from '../../kernel/shape.ts'
import type { Entry } from './entry.ts'

/** Rooms entered for a while, each with the rooms that right rests on. */
export type OpenRooms = ReadonlyMap<string, readonly string[]>

type Access = Infer<typeof AccessGranted.payload>

/** What a control entry does to one person's rooms; null when it does nothing to them. */
function turnOf(entry: Entry, actor: Actor, open: OpenRooms): { granted: boolean; rooms: readonly string[] } | null {
  const granted = entry.name === AccessGranted.name
  if (!granted && entry.name !== AccessRevoked.name) return null
  const { userId, rooms } = entry.payload as Access
  if (userId !== actor.id) return null
  return { granted, rooms: [...rooms, ...restingOn(rooms, open)] }
}

/** The open rooms whose right rests on any of `rooms`. */
export const restingOn = (rooms: readonly string[], open: OpenRooms): string[] =>
  [...open].filter(([, grounds]) => grounds.some(ground => rooms.includes(ground))).map(([room]) => room)

const turn = (member: Set<string>, { granted, rooms }: { granted: boolean; rooms: readonly string[] }) => {
  for (const room of rooms)
    if (granted) member.add(room)
    else member.delete(room)
}

/** Takes back what these entries did, newest first: membership as it was before them. */
export function before(
  member: ReadonlySet<string>,
  entries: readonly Entry[],
  actor: Actor,
  open: OpenRooms,
): Set<string> {
  const earlier = new Set(member)
  for (const entry of entries.toReversed()) {
    const done = turnOf(entry, actor, open)
    if (done) turn(earlier, { ...done, granted: !done.granted })
  }
  return earlier
}

/** Applies what these entries did, oldest first: membership as it is after them. */
export function after(
  member: ReadonlySet<string>,
  entries: readonly Entry[],
  actor: Actor,
  open: OpenRooms,
): Set<string> {
  const later = new Set(member)
  for (const entry of entries) {
    const done = turnOf(entry, actor, open)
    if (done) turn(later, done)
  }
  return later
}

/**
 * The events among `missed` that a person may have: of rooms they sat in when it happened and sit in now, and of
 * nobody they were hidden from at either time. `then` is their membership just before the first, `now` after the last.
 */
export function visible(
  missed: readonly Entry[],
  then: ReadonlySet<string>,
  now: ReadonlySet<string>,
  actor: Actor,
  open: OpenRooms,
): Entry[] {
  const member = new Set(then)
  return missed.filter(entry => {
    const done = turnOf(entry, actor, open)
    if (done) turn(member, done)
    return (
      entry.kind === 'event' &&
      entry.rooms.some(room => member.has(room) && now.has(room)) &&
      !entry.except.some(room => member.has(room) || now.has(room))
    )
  })
}

/** Why this session is over, if one of these entries ended it. */
export function endOf(entries: readonly Entry[], actor: Actor): Infer<typeof SessionEnded.payload>['reason'] | null {
  for (const { name, payload } of entries) {
    if (name !== SessionEnded.name) continue
    const end = payload as Infer<typeof SessionEnded.payload>
    if (end.sessionId === actor.sessionId) return end.reason
  }
  return null
}
