import type { Ctx, UserCtx, UserId } from '../../kernel/scope.ts'
import { hold } from '../accounts/keeping.ts'
import { Authentication, User } from '../accounts/model.ts'

/** The actor's own account, held until the transaction ends. */
export const ownUser = ({ db, actor }: UserCtx) => User.query(db).findById(actor.id).forNoKeyUpdate().throwIfNotFound()

/** Holds a person's password, or that they have none, until the transaction ends; before the row itself. */
export const holdPassword = (ctx: Ctx, userId: UserId) => hold(ctx, [`password ${userId}`])

/** The row of a person's password, if they have one; the scope is theirs. */
export const passwordOf = ({ db }: Ctx, userId: UserId) =>
  Authentication.query(db).where({ userId, method: 'password' }).first()
