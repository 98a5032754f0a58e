import type { Knex } from 'knex'
import type { QueryBuilder } from 'objection'
import type { SessionId } from '../../kernel/control.ts'
import { Unauthenticated } from '../../kernel/failure.ts'
import type { Actor, UserCtx } from '../../kernel/scope.ts'
import { holdAccount } from '../accounts/policy.ts'
import { NoSession, ProveAgain } from './failures.ts'
import { Session } from './model.ts'

const DAY_MS = 24 * 3_600_000
const IDLE_DAYS = 30
const idleSince = (now: Date) => new Date(now.getTime() - IDLE_DAYS * DAY_MS)
/** How long a proof is fresh enough for what cannot be undone. */
const PROVEN_FOR_MS = 10 * 60_000
export const isFresh = (provenAt: Date, now: Date) => provenAt.getTime() > now.getTime() - PROVEN_FOR_MS

/** Whether a session still speaks for its person. */
export const isGood = ({ revokedAt, expiresAt, lastUsedAt }: Session, now: Date) =>
  revokedAt === null && expiresAt > now && lastUsedAt > idleSince(now)
export const good =
  (now: Date) =>
  <R>(query: QueryBuilder<Session, R>) => {
    query
      .whereNull('sessions.revokedAt')
      .where('sessions.expiresAt', '>', now)
      .where('sessions.lastUsedAt', '>', idleSince(now))
  }

/**
 * Finds the actor's session if it is good, their account active, and the token of its epoch; asked on every connection
 * and HTTP request.
 */
export const liveSession = (db: Knex, { id, sessionId, epoch }: Actor, now: Date): Knex.QueryBuilder =>
  Session.query(db)
    .where('sessions.id', sessionId)
    .where('sessions.userId', id)
    .modify(good(now))
    .whereRaw(`(select status = 'active' and token_epoch = ? from users where users.id = sessions.user_id)`, [
      epoch ?? null,
    ])
    .select('sessions.id')
    .toKnexQuery()

/** One of the actor's own living sessions, held until the transaction ends. */
export async function ownSession(ctx: UserCtx, sessionId: SessionId): Promise<Session> {
  const session = await Session.query(ctx.db).findById(sessionId).modify(good(ctx.now)).forUpdate()
  if (session?.userId !== ctx.actor.id) throw NoSession()
  return session
}

/**
 * The actor's session, which lives and will until the transaction ends. A command may be under way when its session
 * ends; what decides over an account asks once more, and of the two one comes first.
 */
export async function ownLiveSession(ctx: UserCtx): Promise<Session> {
  const user = await holdAccount(ctx.db, ctx.actor.id)
  const [session] = await Session.query(ctx.db).where({ id: ctx.actor.sessionId }).modify(good(ctx.now)).forShare()
  if (!session || user?.status !== 'active') throw Unauthenticated()
  return session
}

/** Passes whoever has lately proven who they are; for what a thief of an open phone must not do. */
export async function lately(ctx: UserCtx): Promise<void> {
  const { authenticatedAt } = await ownLiveSession(ctx)
  if (!isFresh(authenticatedAt, ctx.now)) throw ProveAgain()
}
