import type { SessionId } from '../../kernel/control.ts'
import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'

export type ChallengeId = string & { readonly ChallengeId: unique symbol }

export class CodeChallenge extends Row {
  static override tableName = 'code_challenges'
  declare id: ChallengeId
  declare phoneSealed: string
  declare phoneIndex: string
  declare attempts: number
  declare expiresAt: Date
  declare usedAt: Date | null
}

/** One sign-in on one device. Its refresh token is stored as a hash only. */
export class Session extends Row {
  static override tableName = 'sessions'
  declare id: SessionId
  declare userId: UserId
  declare deviceName: string
  declare address: string | null
  declare refreshHash: Buffer
  declare previousHash: Buffer | null
  declare rotatedAt: Date
  declare lastUsedAt: Date
  declare expiresAt: Date
  declare revokedAt: Date | null
}
