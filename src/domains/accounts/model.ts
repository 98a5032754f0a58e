import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'

export type AccountStatus = 'pending' | 'active' | 'suspended' | 'deactivated' | 'deleted'

/** An account: who may sign in. What others see of a person is the profile. */
export class User extends Row {
  static override tableName = 'users'
  declare id: UserId
  declare status: AccountStatus
  declare phoneSealed: string
  declare phoneIndex: string
  declare showsActivity: boolean
  declare loginCount: number
  declare lastLoginAt: Date | null
}

/** That one person does not want to hear of another. It hides each from the other. */
export class Block extends Row {
  static override tableName = 'blocks'
  static override idColumn = ['blockerId', 'blockedId']
  declare blockerId: UserId
  declare blockedId: UserId
}
