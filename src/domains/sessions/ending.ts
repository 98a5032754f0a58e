import { SessionClosed, type SessionId } from '../../kernel/control.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import type { Infer } from '../../kernel/shape.ts'
import { voidChanges } from '../accounts/keeping.ts'
import { User } from '../accounts/model.ts'
import { NoPerson } from '../accounts/failures.ts'
import { record } from '../activities/policy.ts'
import { Session } from './model.ts'
import { good } from './policy.ts'

const SESSIONS_MAX = 10

type Reason = Infer<typeof SessionClosed.payload>['reason']

/** Ends a session that is held: from here on neither its sockets nor its tokens are good. */
export async function endSession(ctx: Ctx, { id, userId }: Session, reason: Reason) {
  await Session.query(ctx.db).findById(id).patch({ revokedAt: ctx.now })
  await record(ctx, { userId, type: 'session_ended', sessionId: id })
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

/** From the next epoch on, access tokens given out before are good for nothing, whatever session they name. */
const nextEpoch = () => ({ tokenEpoch: User.raw('token_epoch + 1') })

/** Ends every session of a person but, if one is named, that one; and calls off the contacts they may have proven. */
export async function endEverySession(ctx: Ctx, userId: UserId, reason: Reason, but: string | null = null) {
  if (but === null) await User.query(ctx.db).findById(userId).patch(nextEpoch())
  if (await voidChanges(ctx, userId)) await record(ctx, { userId, type: 'change_cancelled' })
  await endSessions(ctx, userId, reason, but)
}

async function endSessions(ctx: Ctx, userId: UserId, reason: Reason, but: string | null = null) {
  const sessions = await Session.query(ctx.db)
    .where({ userId })
    .modify(good(ctx.now))
    .modify(query => {
      if (but !== null) query.whereNot({ id: but })
    })
    .orderBy('id')
    .forUpdate()
  for (const session of sessions) await endSession(ctx, session, reason)
}

type Closed = 'suspended' | 'deactivated' | 'deleted'

/** Closes an account: nobody finds it from here on, and all its sessions end. */
export async function closeAccount(ctx: Ctx, userId: UserId, status: Closed): Promise<void> {
  const closed = await User.query(ctx.db)
    .findById(userId)
    .whereNotIn('status', [status, 'deleted'])
    .patch({
      status,
      ...nextEpoch(),
      ...(status === 'deactivated' && { leftAt: ctx.now }),
      ...(status === 'deleted' && { deletedAt: ctx.now }),
    })
  if (closed === 0) throw NoPerson()
  await ctx.actFor(userId)
  await endSessions(ctx, userId, status)
}

/** Lets a suspended account sign in again; one whose owner had left it is as they left it. */
export async function restoreAccount(ctx: Ctx, userId: UserId): Promise<void> {
  const restored = await User.query(ctx.db)
    .findById(userId)
    .where({ status: 'suspended' })
    .patch({
      status: User.raw(`case when left_at is null then 'active' else 'deactivated' end`),
    })
  if (restored === 0) throw NoPerson()
}
