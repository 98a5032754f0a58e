import type { Knex } from 'knex'
import type { QueryBuilder } from 'objection'
import type { SessionId } from '../../kernel/control.ts'
import type { Actor, Ctx, UserCtx } from '../../kernel/scope.ts'
import { ofActive } from '../accounts/policy.ts'
import { CODE_ATTEMPTS, PHONE_FAILURES } from './code.ts'
import { CodeOver, NoSession, TooManyTries } from './failures.ts'
import { CodeChallenge, Session, type ChallengeId } from './model.ts'

const DAY_MS = 24 * 3_600_000
const IDLE_DAYS = 30
const idleSince = (now: Date) => new Date(now.getTime() - IDLE_DAYS * DAY_MS)

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

/** Finds the actor's session if it is good and their account active; asked on every connection and HTTP request. */
export const liveSession = (db: Knex, { id, sessionId }: Actor, now: Date): Knex.QueryBuilder =>
  Session.query(db)
    .where('sessions.id', sessionId)
    .where('sessions.userId', id)
    .modify(good(now))
    .modify(ofActive('sessions.userId'))
    .select('sessions.id')
    .toKnexQuery()

/** One of the actor's own living sessions, held until the transaction ends. */
export async function sessionToEnd(ctx: UserCtx, sessionId: SessionId): Promise<Session> {
  const session = await Session.query(ctx.db).findById(sessionId).modify(good(ctx.now)).forUpdate()
  if (session?.userId !== ctx.actor.id) throw NoSession()
  return session
}

/** Holds the codes of one phone until the transaction ends; refuses a phone that was guessed at too often today. */
export async function phoneToVerify(ctx: Ctx, phoneIndex: string): Promise<void> {
  await ctx.db.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [phoneIndex])
  const today = new Date(ctx.now.getTime() - DAY_MS)
  const codes = await CodeChallenge.query(ctx.db).where({ phoneIndex }).where('createdAt', '>', today)
  const failures = codes.reduce((sum, { attempts, usedAt }) => sum + attempts - (usedAt ? 1 : 0), 0)
  if (failures >= PHONE_FAILURES) throw TooManyTries()
}

/** A code that may be guessed at once more; the guess is counted before it is looked at. */
export async function challengeToTry(ctx: Ctx, challengeId: ChallengeId): Promise<CodeChallenge> {
  const known = await CodeChallenge.query(ctx.db).findById(challengeId).select('phoneIndex')
  if (!known) throw CodeOver()
  await phoneToVerify(ctx, known.phoneIndex)
  const [challenge] = await CodeChallenge.query(ctx.db)
    .where({ id: challengeId })
    .whereNull('usedAt')
    .where('expiresAt', '>', ctx.now)
    .where('attempts', '<', CODE_ATTEMPTS)
    .increment('attempts', 1)
    .returning('*')
  if (!challenge) throw CodeOver()
  return challenge
}
