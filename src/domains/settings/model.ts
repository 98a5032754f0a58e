import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'

/** What a person can be notified of. */
export const NOTIFICATION_TYPES = ['friend_request', 'friend_accepted', 'comment'] as const
export type NotificationType = (typeof NOTIFICATION_TYPES)[number]

export const FREQUENCIES = ['instant', 'hourly', 'daily'] as const
export const DARK_MODES = ['auto', 'light', 'dark'] as const

/** Whether something is to reach a person by a channel. */
export interface Channels {
  readonly push: boolean
  readonly email: boolean
}

/** What a person prefers; every account has it from the beginning. What others’ requests ask of is kept in the account. */
export class Settings extends Row {
  static override tableName = 'user_settings'
  static override idColumn = 'userId'
  declare userId: UserId
  declare pushNotifications: boolean
  declare emailNotifications: boolean
  declare notificationFrequency: (typeof FREQUENCIES)[number]
  /** What is not in it is wanted: a type may be newer than the row. */
  declare notificationTypes: Partial<Record<NotificationType, Channels>>
  declare autoplayVideos: boolean
  declare dataSaverMode: boolean
  declare darkMode: (typeof DARK_MODES)[number]
  declare calmMode: boolean
  /** 0 is no limit. */
  declare timeLimitMinutes: number
}
