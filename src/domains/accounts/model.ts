import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'
import type { ContactKind } from './contact.ts'

export type AccountStatus = 'pending' | 'active' | 'suspended' | 'deactivated' | 'deleted'

export const ROLES = ['user', 'creator', 'moderator', 'admin'] as const
export type Role = (typeof ROLES)[number]

export const ACCOUNT_TYPES = ['personal', 'creator', 'business'] as const
export type AccountType = (typeof ACCOUNT_TYPES)[number]

export const PROFILE_VISIBILITIES = ['public', 'friends', 'private'] as const
export type ProfileVisibility = (typeof PROFILE_VISIBILITIES)[number]

export const MESSAGES_FROM = ['everyone', 'following', 'no_one'] as const
export type MessagesFrom = (typeof MESSAGES_FROM)[number]

/** An account: who may sign in. What others see of a person is the profile. */
export class User extends Row {
  static override tableName = 'users'
  declare id: UserId
  declare status: AccountStatus
  /** What this person may do to what is not theirs. */
  declare role: Role
  declare accountType: AccountType
  declare phoneSealed: string | null
  declare phoneIndex: string | null
  declare phoneVerifiedAt: Date | null
  declare emailSealed: string | null
  declare emailIndex: string | null
  declare emailVerifiedAt: Date | null
  /** Access tokens of an earlier epoch are good for nothing. */
  declare tokenEpoch: number
  /** Who sees more of the profile than its head. */
  declare profileVisibility: ProfileVisibility
  /** Strangers see no more than a name, whatever the profile’s visibility. */
  declare isPrivate: boolean
  declare messagesFrom: MessagesFrom
  declare showsActivity: boolean
  declare hidesMetrics: boolean
  declare loginCount: number
  /** When its owner left a deactivated account. */
  declare leftAt: Date | null
  declare lastLoginAt: Date | null
  declare deletedAt: Date | null
}

/** A way to prove who one is beside a phone and a mailbox; there is at most one password. */
export class Authentication extends Row {
  static override tableName = 'authentication'
  declare id: string
  declare userId: UserId
  declare method: 'password' | 'social'
  declare passwordHash: string | null
  /** Wrong guesses in a row: those of strangers, and those of who has shown a code, a session or a known device. */
  declare failures: number
  declare knownFailures: number
  declare provider: string | null
  declare subjectSealed: string | null
  declare subjectIndex: string | null
  /** When this became what proves them. */
  declare chosenAt: Date
}

/** That one person does not want to hear of another. It hides each from the other. */
export class Block extends Row {
  static override tableName = 'blocks'
  static override idColumn = ['blockerId', 'blockedId']
  declare blockerId: UserId
  declare blockedId: UserId
}

/** A new phone or e-mail address, proven, that is the account’s once it is due. */
export class ContactChange extends Row {
  static override tableName = 'contact_changes'
  static override idColumn = ['userId', 'kind']
  declare userId: UserId
  declare kind: ContactKind
  declare sealed: string
  declare dueAt: Date
}
