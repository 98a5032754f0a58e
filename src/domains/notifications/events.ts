import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, integer, shape } from '../../kernel/shape.ts'
import { hiddenRoom } from '../blocks/rooms.ts'
import { NotificationWire } from './wire.ts'

export const NotificationCreated = event('notification:created', {
  about: 'Something happened that concerns this person.',
  payload: NotificationWire,
  // It tells of what another person did, though by then nobody acts, or the one who hears it.
  audience: ({ userId, actorId }) => ({ rooms: [deviceRoom(userId)], except: [hiddenRoom(actorId)] }),
})

export const NotificationsRead = event('notification:read', {
  about: 'The person looked; how many are unread now, for their other devices.',
  payload: shape({ userId: id<UserId>(), unread: integer({ min: 0, max: 2 ** 31 }) }),
  audience: ({ userId }) => ({ rooms: [deviceRoom(userId)] }),
})
