import type { UserId } from '../../kernel/scope.ts'
import { bool, id, instant, nullable, oneOf, shape, type Infer } from '../../kernel/shape.ts'
import type { PostId } from '../posts/model.ts'
import { NOTIFICATION_TYPES } from '../settings/model.ts'
import type { Notification, NotificationId } from './model.ts'

/** Ids only; the client makes the words. */
export const NotificationWire = shape({
  id: id<NotificationId>(),
  userId: id<UserId>(),
  type: oneOf(...NOTIFICATION_TYPES),
  actorId: id<UserId>(),
  subjectId: id(),
  postId: nullable(id<PostId>()),
  read: bool(),
  createdAt: instant(),
})
export type NotificationWire = Infer<typeof NotificationWire>

export const toWire = (notification: Notification): NotificationWire => ({
  id: notification.id,
  userId: notification.userId,
  type: notification.type,
  actorId: notification.actorId,
  subjectId: notification.subjectId,
  postId: notification.postId,
  read: notification.readAt !== null,
  createdAt: notification.createdAt.toISOString(),
})
