/**
 * Control events change who hears what. They travel in the same log as everything else, so every node applies them at
 * the same place in the order: nothing that comes later reaches a person who lost the right.
 * Emit one in the transaction that changes the row, and only when the row did change.
 */
import { event } from './event.ts'
import type { Room } from './room.ts'
import type { UserId } from './scope.ts'
import { id, list, nullable, oneOf, shape, token, type Field } from './shape.ts'

export type SessionId = string & { readonly SessionId: unique symbol }

const room = token(/^[a-z_]+:\S{1,100}$/, 'a room') as unknown as Field<Room>

export const AccessGranted = event('access:granted', {
  about: 'A person now sits in these rooms; an open room barred by one of them is left.',
  payload: shape({ userId: id<UserId>(), rooms: list(room, { max: 100 }) }),
})

export const AccessRevoked = event('access:revoked', {
  about:
    'A person, or everybody where none is named, no longer sits in these rooms, nor in an open room that needs one of them.',
  payload: shape({ userId: nullable(id<UserId>()), rooms: list(room, { max: 100 }) }),
})

/** Why a session is over. */
export const endReason = () =>
  oneOf('signed_out', 'revoked', 'reused', 'password', 'suspended', 'deactivated', 'deleted')

export const SessionClosed = event('session:closed', {
  about: 'A session is over; its sockets are closed and do not come back.',
  payload: shape({
    userId: id<UserId>(),
    sessionId: id<SessionId>(),
    reason: endReason(),
  }),
})

export const controlEvents = [AccessGranted, AccessRevoked, SessionClosed] as const
