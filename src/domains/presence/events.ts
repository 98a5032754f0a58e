import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { bool, id, integer, shape } from '../../kernel/shape.ts'
import { friendsRoom } from '../friends/rooms.ts'
import type { PostId } from '../posts/model.ts'
import { postRoom } from '../posts/rooms.ts'
import { aloofRoom } from '../settings/rooms.ts'
import { Version } from './wire.ts'

export const PresenceChanged = event('presence:changed', {
  about: 'A friend is here now, or no longer. Of two, the one with the larger version is true.',
  payload: shape({ userId: id<UserId>(), online: bool(), version: Version }),
  ephemeral: true,
  audience: ({ userId }) => ({ rooms: [friendsRoom(userId)], except: [deviceRoom(userId), aloofRoom] }),
})

export const TypingChanged = event('typing:changed', {
  about:
    'Somebody types a comment, for as many seconds unless they say so again, or has stopped; heard by those who have the post open.',
  payload: shape({
    postId: id<PostId>(),
    userId: id<UserId>(),
    typing: bool(),
    seconds: integer({ min: 0, max: 60 }),
    version: Version,
  }),
  ephemeral: true,
  audience: ({ postId, userId }) => ({ rooms: [postRoom(postId)], except: [deviceRoom(userId), aloofRoom] }),
})
