import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'

/** What others see of a person. */
export class Profile extends Row {
  static override tableName = 'profiles'
  static override idColumn = 'userId'
  declare userId: UserId
  declare username: string | null
  declare displayName: string
  declare bio: string
}
