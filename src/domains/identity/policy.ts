import type { Ctx, UserCtx, UserId } from '../../kernel/scope.ts'
import { Authentication, type User } from '../accounts/model.ts'
import { holdAccount } from '../accounts/policy.ts'

/** The actor's own account, held until the transaction ends. */
export const ownUser = ({ db, actor }: UserCtx): Promise<User> =>
  Promise.resolve(holdAccount(db, actor.id).throwIfNotFound())

/** The row of a person's password, if they have one; the scope is theirs. */
export const passwordOf = ({ db }: Ctx, userId: UserId) =>
  Authentication.query(db).where({ userId, method: 'password' }).first()
