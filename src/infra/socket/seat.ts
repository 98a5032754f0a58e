import type { Server, Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { AccessGranted, AccessRevoked, SessionEnded } from '../../kernel/control.ts'
import { deviceRoom, type Room } from '../../kernel/room.ts'
import type { Actor } from '../../kernel/scope.ts'
import { NoSuchRoom, TooManyRooms, type Seat } from '../../kernel/seat.ts'
import type { Infer } from '../../kernel/shape.ts'
import { openPacket, type Entry } from '../log/entry.ts'
import type { Gate } from '../log/gate.ts'
import { after, restingOn, type OpenRooms } from '../log/replay.ts'

const OPEN_MAX = 200
const BEHIND_MS = 4000

/** What a socket carries: who it is, and its open rooms with what each right rests on. */
export interface SocketData {
  readonly actor: Actor
  readonly open: Map<string, readonly string[]>
}
const dataOf = (socket: Socket) => socket.data as SocketData

/** Puts a socket into the rooms it sits in from now on. */
export function takeSeats(socket: Socket, rooms: ReadonlySet<string>, open: OpenRooms): void {
  for (const [room, grounds] of open) if (rooms.has(room)) dataOf(socket).open.set(room, grounds)
  void socket.join([...rooms])
}

/** Tells the client that its session is over, and closes in a way it does not come back from. */
export function end(socket: Socket, reason: string): void {
  socket.emit('session:ended', { reason })
  socket.disconnect(true)
}

/** Applies a control event to the sockets of this node. Synchronous: what follows in the log finds the rooms changed. */
export function applyControl(io: Server, entry: Entry): void {
  const { userId } = entry.payload as { userId: string }
  for (const id of io.of('/').adapter.rooms.get(deviceRoom(userId as never)) ?? []) {
    const socket = io.of('/').sockets.get(id)
    if (socket) applyTo(socket, entry)
  }
}

function applyTo(socket: Socket, { name, payload }: Entry) {
  const { open, actor } = dataOf(socket)
  if (name === AccessGranted.name) void socket.join([...(payload as Infer<typeof AccessGranted.payload>).rooms])
  if (name === AccessRevoked.name) {
    const { rooms } = payload as Infer<typeof AccessRevoked.payload>
    const resting = restingOn(rooms, open)
    for (const room of [...rooms, ...resting]) void socket.leave(room)
    for (const room of resting) open.delete(room)
  }
  if (name === SessionEnded.name) {
    const { sessionId, reason } = payload as Infer<typeof SessionEnded.payload>
    if (sessionId === actor.sessionId) end(socket, reason)
  }
}

/** The seat of one socket: entering asks the room's rule, and holds against a right lost in the meantime. */
export function seatOf(app: App, gate: Gate, socket: Socket): Seat {
  const { open, actor } = dataOf(socket)
  return {
    async enter(ctx, kind, id) {
      const room = app.rooms.get(kind)
      const grounds = await room?.admits?.(ctx, id)
      if (!room || !grounds) throw NoSuchRoom()
      const name = room(id)
      if (open.size >= OPEN_MAX && !open.has(name)) throw TooManyRooms()
      const head = Number(ctx.cursor.split(':')[1])
      await gate.reach(head, BEHIND_MS)
      // ---- synchronous from here: what the log said since the snapshot counts
      const entering = new Map<Room, readonly Room[]>([[name, grounds]])
      const since = gate.ring.after(head).filter(({ letter }) => letter === 'C')
      if (!after(new Set([name]), since.map(openPacket), actor, entering).has(name)) throw NoSuchRoom()
      open.set(name, grounds)
      void socket.join(name)
    },
    leave(kind, id) {
      const room = app.rooms.get(kind)
      if (!room || !open.delete(room(id))) throw NoSuchRoom()
      void socket.leave(room(id))
    },
  }
}
