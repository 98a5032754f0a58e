import { SessionClosed, type SessionId } from '../../kernel/control.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import { Session } from './model.ts'
import { good } from './policy.ts'

const SESSIONS_MAX = 10

/** Ends a session that is held: from here on neither its sockets nor its tokens are good. */
export async function endSession(ctx: Ctx, { id, userId }: Session, reason: 'signed_out' | 'revoked' | 'reused') {
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
