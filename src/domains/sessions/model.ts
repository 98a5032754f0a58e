import type { SessionId } from '../../kernel/control.ts'
import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'
import type { ContactKind } from '../accounts/contact.ts'

export type ChallengeId = string & { readonly ChallengeId: unique symbol }

/** What answering a challenge is good for. */
export type Purpose = 'sign_in' | 'change' | 'reset'

/** Something sent to a phone, as a code, or to a mailbox, as a link: whoever can answer has it. */
export class Challenge extends Row {
  static override tableName = 'challenges'
  declare id: ChallengeId
  declare channel: ContactKind
  declare purpose: Purpose
  /** Whose it is, where that is known when it is sent. */
  declare userId: UserId | null
  declare addressSealed: string
  declare addressIndex: string
  declare attempts: number
  declare expiresAt: Date
  declare usedAt: Date | null
}

/** What a device says of itself. */
export interface Device {
  readonly model?: string
  readonly system?: string
  readonly app?: string
}

/** One sign-in on one device. Its refresh token is stored as a hash only. */
export class Session extends Row {
  static override tableName = 'sessions'
  declare id: SessionId
  declare userId: UserId
  declare deviceName: string
  declare device: Device
  declare address: string | null
  declare refreshHash: Buffer
  declare previousHash: Buffer | null
  declare rotatedAt: Date
  declare lastUsedAt: Date
  /** When the person last proved who they are. */
  declare authenticatedAt: Date
  declare expiresAt: Date
  declare revokedAt: Date | null
}

/** Guesses at the password of one login since one was right, whether or not there is such an account. */
export class PasswordGuesses extends Row {
  static override tableName = 'password_guesses'
  static override idColumn = 'loginIndex'
  declare loginIndex: string
  declare failures: number
  declare triedAt: Date
}
