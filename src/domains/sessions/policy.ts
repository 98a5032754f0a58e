import type { QueryBuilder } from 'objection'
import type { SessionId } from '../../kernel/control.ts'
import type { UserCtx } from '../../kernel/scope.ts'
import { User } from '../accounts/model.ts'
import { NoSession } from './failures.ts'
import { Session } from './model.ts'

/** Whether a session still speaks for its person. */
export const isGood = (session: Session, now: Date) => session.revokedAt === null && session.expiresAt > now
export const good =
  (now: Date) =>
  <R>(query: QueryBuilder<Session, R>) => {
    query.whereNull('sessions.revokedAt').where('sessions.expiresAt', '>', now)
  }

/** Whether the actor's session is good and their account active; asked on every connection and HTTP request. */
export async function isLive(ctx: UserCtx): Promise<boolean> {
  const { id, sessionId } = ctx.actor
  const [session, user] = await Promise.all([
    Session.query(ctx.db).findById(sessionId ?? ''),
    User.query(ctx.db).findById(id).select('status'),
  ])
  return session !== undefined && isGood(session, ctx.now) && user?.status === 'active'
}

/** One of the actor's own living sessions, held until the transaction ends. */
export async function sessionToEnd(ctx: UserCtx, sessionId: SessionId): Promise<Session> {
  const session = await Session.query(ctx.db).findById(sessionId).modify(good(ctx.now)).forUpdate()
  if (session?.userId !== ctx.actor.id) throw NoSession()
  return session
}
