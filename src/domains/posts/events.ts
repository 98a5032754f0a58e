import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, integer, oneOf, shape } from '../../kernel/shape.ts'
import { friendsRoom } from '../friends/rooms.ts'
import { VISIBILITIES, type PostId, type Visibility } from './model.ts'
import { postRoom } from './rooms.ts'
import { PostWire } from './wire.ts'

/** A public post is read by anyone who asks; live it goes to friends, as one for friends does. */
const readersOf = (authorId: UserId, visibility: Visibility) =>
  visibility === 'private' ? deviceRoom(authorId) : friendsRoom(authorId)

export const PostCreated = event('post:created', {
  about: 'Somebody posted; heard by the author’s friends, or only by the author when it is private.',
  payload: PostWire,
  audience: ({ authorId, visibility }) => ({ rooms: [readersOf(authorId, visibility)] }),
  subjects: ({ id }) => [id],
})

export const PostDeleted = event('post:deleted', {
  about: 'A post is gone; heard by those who heard of it and those who have it open.',
  payload: shape({ id: id<PostId>(), authorId: id<UserId>(), visibility: oneOf(...VISIBILITIES) }),
  audience: ({ id, authorId, visibility }) => ({ rooms: [readersOf(authorId, visibility), postRoom(id)] }),
  erases: ({ id }) => id,
})

export const PostCounted = event('post:counted', {
  about: 'The counts of a post as they are now; heard by those who have it open.',
  payload: shape({
    id: id<PostId>(),
    commentCount: integer({ min: 0, max: 2 ** 31 }),
    version: integer({ min: 1, max: 2 ** 31 }),
  }),
  audience: ({ id }) => ({ rooms: [postRoom(id)] }),
  subjects: ({ id }) => [id],
})
