import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, shape } from '../../kernel/shape.ts'
import type { PostId } from '../posts/model.ts'
import { postRoom } from '../posts/rooms.ts'
import type { CommentId } from './model.ts'
import { CommentWire } from './wire.ts'

export const CommentCreated = event('comment:created', {
  about: 'Somebody commented; heard by those who have the post open and by its author.',
  payload: CommentWire,
  audience: ({ postId, postAuthorId }) => ({ rooms: [postRoom(postId), deviceRoom(postAuthorId)] }),
  subjects: ({ id, postId }) => [id, postId],
})

export const CommentDeleted = event('comment:deleted', {
  about: 'A comment is gone; heard by those who have the post open and by its author.',
  payload: shape({ id: id<CommentId>(), postId: id<PostId>(), postAuthorId: id<UserId>() }),
  audience: ({ postId, postAuthorId }) => ({ rooms: [postRoom(postId), deviceRoom(postAuthorId)] }),
  subjects: ({ postId }) => [postId],
  erases: ({ id }) => id,
})
