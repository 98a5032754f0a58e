import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'

/** Two people, in the order of their ids: crossing requests meet in one row. */
export class Friendship extends Row {
  static override tableName = 'friendships'
  static override idColumn = ['userA', 'userB']
  declare userA: UserId
  declare userB: UserId
  declare requestedBy: UserId
  declare status: 'pending' | 'accepted'
  declare acceptedAt: Date | null
}

/** The key of the row for two people. */
export const pairOf = (one: UserId, other: UserId) =>
  one < other ? { userA: one, userB: other } : { userA: other, userB: one }

export const otherOf = ({ userA, userB }: Friendship, person: UserId): UserId => (userA === person ? userB : userA)
