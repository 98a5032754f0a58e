import { slice } from './app.ts'
import { command } from './command.ts'
import { failure } from './failure.ts'
import { perMinute } from './limit.ts'
import type { UserCtx } from './scope.ts'
import { id, shape, token } from './shape.ts'

/** One socket's place among the rooms. */
export interface Seat {
  /** Lets the socket into a room if its rule admits the person; throws `NoSuchRoom` when not, as when there is none. */
  enter(ctx: UserCtx, kind: string, id: string): Promise<void>
  leave(kind: string, id: string): void
  /** The socket may stay until then: its client has shown a token that is good for so long. */
  renew(expiresAt: Date): void
}

export const NoSuchRoom = failure('not_found', 'room', 'There is no such room')
export const NoSocket = failure('bad_request', 'no_socket', 'Only a socket can be in a room')
export const TooManyRooms = failure('conflict', 'too_many_rooms', 'Leave some rooms first')

const place = shape({ kind: token(/^[a-z_]{1,30}$/, 'a kind of room'), id: id() })

export const joinRoom = command('room:join', {
  about: 'Listens in one room for a while, such as the comments of an open post.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: place,
  ack: shape({}),
  async run(ctx, { kind, id }) {
    if (!ctx.seat) throw NoSocket()
    await ctx.seat.enter(ctx, kind, id)
    return {}
  },
})

export const leaveRoom = command('room:leave', {
  about: 'Stops listening in a room that was joined.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: place,
  ack: shape({}),
  async run(ctx, { kind, id }) {
    if (!ctx.seat) throw NoSocket()
    ctx.seat.leave(kind, id)
    return {}
  },
})

/** Entering and leaving rooms, the same for every kind. */
export const rooms = slice({ commands: [joinRoom, leaveRoom], failures: [NoSuchRoom, NoSocket, TooManyRooms] })
