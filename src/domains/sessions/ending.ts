import { SessionClosed, type SessionId } from '../../kernel/control.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import type { Infer } from '../../kernel/shape.ts'
import { User } from '../accounts/model.ts'
import { NoPerson } from '../accounts/failures.ts'
import { Session } from './model.ts'
import { good } from './policy.ts'

const SESSIONS_MAX = 10

type Reason = Infer<typeof SessionClosed.payload>['reason']

/** Ends a session that is held: from here on neither its sockets nor its tokens are good. */
export async function endSession(ctx: Ctx, { id, userId }: Session, reason: Reason) {
  await Session.query(ctx.db).findById(id).patch({ revokedAt: ctx.now })
  ctx.emit(SessionClosed, { userId, sessionId: id, reason })
}

/** Ends the sessions beyond the ten used last, of which `newest` is one; the account is held by then. */
export async function endOldSessions(ctx: Ctx, userId: UserId, newest: SessionId): Promise<void> {
  const old = await Session.query(ctx.db)
    .where({ userId })
    .whereNot({ id: newest })
    .modify(good(ctx.now))
    .orderBy('lastUsedAt', 'desc')
    .offset(SESSIONS_MAX - 1)
    .forUpdate()
  for (const session of old) await endSession(ctx, session, 'revoked')
}

/** Suspends an account: nobody finds it from here on, and all its sessions end. */
export async function suspend(ctx: Ctx, userId: UserId): Promise<void> {
  const suspended = await User.query(ctx.db).findById(userId).where({ status: 'active' }).patch({ status: 'suspended' })
  if (suspended === 0) throw NoPerson()
  await ctx.actFor(userId)
  const sessions = await Session.query(ctx.db).where({ userId }).modify(good(ctx.now)).forUpdate()
  for (const session of sessions) await endSession(ctx, session, 'suspended')
}

/** Lets a suspended account sign in again. */
export async function restore(ctx: Ctx, userId: UserId): Promise<void> {
  const restored = await User.query(ctx.db).findById(userId).where({ status: 'suspended' }).patch({ status: 'active' })
  if (restored === 0) throw NoPerson()
}
