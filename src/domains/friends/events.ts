import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, instant, shape } from '../../kernel/shape.ts'

const between = shape({ fromId: id<UserId>(), toId: id<UserId>(), at: instant() })

export const FriendRequested = event('friend:requested', {
  about: 'One person asked another to be friends.',
  payload: between,
  audience: ({ fromId, toId }) => ({ rooms: [deviceRoom(toId), deviceRoom(fromId)] }),
})

export const FriendAccepted = event('friend:accepted', {
  about: 'A request was accepted: `fromId` had asked, `toId` said yes.',
  payload: between,
  audience: ({ fromId, toId }) => ({ rooms: [deviceRoom(fromId), deviceRoom(toId)] }),
})

const ended = shape({ actorId: id<UserId>(), otherId: id<UserId>() })

export const FriendRequestClosed = event('friend:request_closed', {
  about: 'A request was declined or taken back; heard only by whoever did it.',
  payload: ended,
  audience: ({ actorId }) => ({ rooms: [deviceRoom(actorId)] }),
})

export const FriendRemoved = event('friend:removed', {
  about: 'A friendship ended; heard only by whoever ended it.',
  payload: ended,
  audience: ({ actorId }) => ({ rooms: [deviceRoom(actorId)] }),
})
