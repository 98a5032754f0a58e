import type { Ctx, UserId } from '../../kernel/scope.ts'
import { NoPerson } from './failures.ts'
import { User } from './model.ts'

/** The only way to hold another person: an active account, or none at all. */
export async function personToMeet(ctx: Ctx, userId: UserId): Promise<User> {
  const user = await User.query(ctx.db).findById(userId)
  if (user?.status !== 'active') throw NoPerson()
  return user
}
