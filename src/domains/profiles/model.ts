import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'
import type { MediaId } from '../media/model.ts'

/** What people say of themselves. Whoever has not said anything has no row. */
export class Profile extends Row {
  static override tableName = 'profiles'
  static override idColumn = 'userId'
  declare userId: UserId
  declare username: string | null
  declare displayName: string
  declare bio: string
  declare location: string | null
  declare website: string | null
  /** YYYY-MM-DD */
  declare birthDate: string | null
  declare gender: string | null
  declare avatarMediaId: MediaId | null
  declare coverMediaId: MediaId | null
  /** The badge that staff gives. */
  declare isVerified: boolean
  declare version: number
  /** How many people opened it, each once a day. */
  declare viewCount: number
}

/** That somebody gave up a username; the database writes it. */
export class ReleasedUsername extends Row {
  static override tableName = 'releasedUsernames'
  declare id: string
  declare username: string
  declare userId: UserId
  declare releasedAt: Date
}

/** That somebody opened a profile, kept while it must not count again. */
export class ProfileView extends Row {
  static override tableName = 'profileViews'
  static override idColumn = ['viewerId', 'viewedId', 'day']
  declare viewerId: UserId
  declare viewedId: UserId
  declare day: string
}
