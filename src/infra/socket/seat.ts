import type { Server, Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { AccessGranted, AccessRevoked, SessionClosed } from '../../kernel/control.ts'
import { Unavailable } from '../../kernel/failure.ts'
import { deviceRoom, type Grounds, type Room } from '../../kernel/room.ts'
import type { Actor, UserId } from '../../kernel/scope.ts'
import { within } from '../../kernel/within.ts'
import { NoSuchRoom, TooManyRooms, type Seat } from '../../kernel/seat.ts'
import type { Infer } from '../../kernel/shape.ts'
import { openPacket, type Entry } from '../log/entry.ts'
import type { Gate } from '../log/gate.ts'
import { after, holds, sitsIn, type Member, type OpenRooms } from '../log/replay.ts'
import { OPEN_MAX } from './handshake.ts'
import { Ended, tell } from './signals.ts'

/** How long to wait for the gate when it is behind the database. */
export const BEHIND_MS = 4000

/** A room of this node alone, for the sockets that have been brought into theirs. */
export const SEATED = 'seated'

/** What a socket carries: who it is, and the rooms it holds open. It sits in one while its grounds hold. */
export interface SocketData {
  readonly actor: Actor
  readonly open: Map<string, Grounds>
  /** Begins no further command; resolves when the one under way is answered. */
  rest?: () => Promise<void>
  /** Its session is over: it hears nothing any more. */
  ended?: true
}
const dataOf = (socket: Socket) => socket.data as SocketData

/** Puts a socket into the rooms it sits in from now on. */
export function takeSeats(socket: Socket, member: Member, open: OpenRooms): void {
  for (const [room, grounds] of open) if (member.has(room)) dataOf(socket).open.set(room, grounds)
  void socket.join([SEATED, ...[...member].filter(room => sitsIn(member, room, open))])
}

/**
 * The control events let through since a snapshot of the database that stood at `head`; the gate must have reached it.
 * What is true of a snapshot is true now only together with these. Throws when this node cannot tell.
 */
export function controlsSince(gate: Gate, epoch: string, head: number): Entry[] {
  if (gate.epoch() !== epoch || !gate.ring.covers(head)) throw Unavailable()
  return gate.ring
    .after(head)
    .filter(({ letter }) => letter === 'C')
    .map(openPacket)
}

/** Tells the client that its session is over, and closes in a way it does not come back from. */
export function end(socket: Socket, reason: Infer<typeof Ended.payload>['reason']): void {
  tell(socket, Ended, { reason })
  socket.disconnect(true)
}

/** How long a command under way may still take when its session is over. */
const REST_MS = 800

/**
 * The same once the command under way is answered, for it may be the one that ended the session. Meanwhile the socket
 * hears nothing.
 */
function endAfterAck(socket: Socket, reason: Infer<typeof Ended.payload>['reason']): void {
  const data = dataOf(socket)
  data.ended = true
  for (const room of socket.rooms) if (room !== socket.id) void socket.leave(room)
  const resting = data.rest?.() ?? Promise.resolve()
  void within(REST_MS, resting)
    .catch(() => undefined)
    .then(() => end(socket, reason))
}

/** Applies a control event to the sockets of this node. Synchronous: what follows in the log finds the rooms changed. */
export function applyControl(io: Server, entry: Entry): void {
  const { userId, rooms = [] } = entry.payload as { userId: UserId | null; rooms?: readonly Room[] }
  const { adapter, sockets } = io.of('/')
  const concerned = (userId === null ? rooms : [deviceRoom(userId)]).flatMap(room => [
    ...(adapter.rooms.get(room) ?? []),
  ])
  for (const id of new Set(concerned)) {
    const socket = sockets.get(id)
    if (socket) applyTo(socket, entry)
  }
}

function applyTo(socket: Socket, { name, payload }: Entry) {
  const { open, actor, ended } = dataOf(socket)
  if (ended) return
  if (name === AccessGranted.name) void socket.join([...(payload as Infer<typeof AccessGranted.payload>).rooms])
  if (name === AccessRevoked.name)
    for (const room of (payload as Infer<typeof AccessRevoked.payload>).rooms) {
      open.delete(room)
      void socket.leave(room)
    }
  settle(socket)
  if (name === SessionClosed.name) {
    const { sessionId, reason } = payload as Infer<typeof SessionClosed.payload>
    if (sessionId === actor.sessionId) endAfterAck(socket, reason)
  }
}

/** Sits in the open rooms whose grounds hold, and in no other. */
function settle(socket: Socket) {
  for (const [room, grounds] of dataOf(socket).open)
    void (holds(grounds, socket.rooms) ? socket.join(room) : socket.leave(room))
}

/** The seat of one socket: entering asks the room's rule, and holds against a right lost in the meantime. */
export function seatOf(app: App, gate: Gate, socket: Socket, renew: Seat['renew']): Seat {
  const { open, actor } = dataOf(socket)
  return {
    renew,
    async enter(ctx, kind, id) {
      const room = app.rooms.get(kind)
      const grounds = await room?.admits?.(ctx, id)
      if (!room || !grounds) throw NoSuchRoom()
      const name = room(id)
      if (open.size >= OPEN_MAX && !open.has(name)) throw TooManyRooms()
      const [epoch = '', head] = (await ctx.cursor()).split(':')
      await gate.reach(Number(head), BEHIND_MS)
      // ---- synchronous from here
      if (dataOf(socket).ended) throw NoSuchRoom()
      const now = after(new Set<string>([name, ...grounds.needs]), controlsSince(gate, epoch, Number(head)), actor)
      if (!sitsIn(now, name, new Map([[name, grounds]]))) throw NoSuchRoom()
      open.set(name, grounds)
      void socket.join([...(grounds.brings ?? [])])
      settle(socket) // inside at once, or when the log brings a right that the snapshot knew of before
    },
    leave(kind, id) {
      const room = app.rooms.get(kind)
      if (!room) throw NoSuchRoom()
      open.delete(room(id))
      void socket.leave(room(id))
    },
  }
}
