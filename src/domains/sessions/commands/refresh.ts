import { command } from '../../../kernel/command.ts'
import { perHour } from '../../../kernel/limit.ts'
import type { SessionId } from '../../../kernel/control.ts'
import type { Ctx } from '../../../kernel/scope.ts'
import { shape, token } from '../../../kernel/shape.ts'
import { User } from '../../accounts/model.ts'
import { ofActive } from '../../accounts/policy.ts'
import { endSession } from '../ending.ts'
import { BadRefresh, ReusedRefresh } from '../failures.ts'
import { refreshing } from '../limits.ts'
import { Session } from '../model.ts'
import { tokensFor } from '../opening.ts'
import { good, isGood } from '../policy.ts'
import { hashOf, isAncestor, readToken, REFRESH_TOKEN } from '../refresh.ts'
import { TokensWire } from '../wire.ts'

/** How long a client that never got the answer may ask again with the old token. */
const SAME_SUCCESSOR_MS = 10_000

export const refreshSession = command('session:refresh', {
  about: 'Exchanges a refresh token for new tokens; each token can be exchanged once.',
  auth: 'anyone',
  access: 'write',
  limits: {
    ...refreshing,
    target: { each: 'session', rates: perHour(30), of: ({ refreshToken }) => readToken(refreshToken).sessionId },
  },
  http: '/v1/auth/refresh',
  cookie: 'takes',
  input: shape({ refreshToken: token(REFRESH_TOKEN, 'a refresh token') }),
  ack: TokensWire,
  async run(ctx, input) {
    const { userId, sessionId, secret } = readToken(input.refreshToken)
    await ctx.actFor(userId)
    const given = hashOf(secret)
    const successor = ctx.ports.vault.successor(secret)
    const exchanged = await exchange(ctx, sessionId, given, hashOf(successor))
    if (exchanged) return tokensFor(ctx, { id: userId, ...exchanged }, sessionId, successor)

    const [session, user] = await Promise.all([
      Session.query(ctx.db).findById(sessionId).forUpdate(),
      User.query(ctx.db).findById(userId),
    ])
    if (!session || !isGood(session, ctx.now) || user?.status !== 'active') throw BadRefresh()
    const unanswered = ctx.now.getTime() - session.rotatedAt.getTime() < SAME_SUCCESSOR_MS
    if (unanswered && session.previousHash?.equals(given)) return tokensFor(ctx, user, sessionId, successor)
    if (!isAncestor(secret, session.refreshHash, ctx.ports.vault)) throw BadRefresh()
    await endSession(ctx, session, 'reused')
    throw ReusedRefresh()
  },
})

/** Exchanges a token that is the session's latest, in one statement, so that of two at once one does; else null. */
async function exchange({ db, now }: Ctx, sessionId: SessionId, given: Buffer, successor: Buffer) {
  const [session] = await Session.query(db)
    .where({ id: sessionId, refreshHash: given })
    .modify(good(now))
    .modify(ofActive('sessions.userId'))
    .patch({ refreshHash: successor, previousHash: given, rotatedAt: now, lastUsedAt: now })
    .returning(Session.raw('(select token_epoch from users where users.id = sessions.user_id) as token_epoch'))
  return (session as unknown as Pick<User, 'tokenEpoch'> | undefined) ?? null
}
