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
  declare loginCount: number
  declare lastLoginAt: Date | null
}
