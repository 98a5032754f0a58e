import type { SessionId } from '../../kernel/control.ts'
import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'

export type ActivityId = string & { readonly ActivityId: unique symbol }

export const TYPES = [
  'login',
  'login_failed',
  'session_ended',
  'password_changed',
  'email_changed',
  'phone_changed',
  'account_locked',
  'change_pending',
  'change_cancelled',
  'provider_linked',
  'provider_unlinked',
  'account_deactivated',
] as const
export type ActivityType = (typeof TYPES)[number]

/** What a person did that they should be able to check. It is written by whoever does it, in the same transaction. */
export class Activity extends Row {
  static override tableName = 'activities'
  static override idColumn = ['id', 'createdAt']
  declare id: ActivityId
  declare userId: UserId
  declare type: ActivityType
  declare sessionId: SessionId | null
  /** Coarse after 30 days. */
  declare address: string | null
  declare device: { readonly name?: string }
}
