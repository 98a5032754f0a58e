import { Row } from '../../kernel/model.ts'
import type { SessionId } from '../../kernel/control.ts'
import type { UserId } from '../../kernel/scope.ts'
import type { PostId } from '../posts/model.ts'
import type { NotificationType } from '../settings/model.ts'

export type NotificationId = string & { readonly NotificationId: unique symbol }

export class Notification extends Row {
  static override tableName = 'notifications'
  declare id: NotificationId
  declare userId: UserId
  declare type: NotificationType
  declare actorId: UserId
  declare subjectId: string
  declare postId: PostId | null
  declare readAt: Date | null
  declare pushedAt: Date | null
}

/** A phone that can be woken while no socket is open. */
export class Device extends Row {
  static override tableName = 'devices'
  static override idColumn = 'tokenHash'
  declare tokenHash: Buffer
  declare token: string
  declare userId: UserId
  declare sessionId: SessionId
  declare platform: 'android' | 'ios' | 'web'
}
