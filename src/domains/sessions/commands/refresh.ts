import { command } from '../../../kernel/command.ts'
import { perHour } from '../../../kernel/limit.ts'
import { shape, token } from '../../../kernel/shape.ts'
import { User } from '../../accounts/model.ts'
import { endSession } from '../ending.ts'
import { BadRefresh, ReusedRefresh } from '../failures.ts'
import { refreshing } from '../limits.ts'
import { Session } from '../model.ts'
import { tokensFor } from '../opening.ts'
import { isGood } from '../policy.ts'
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
    const [session, user] = await Promise.all([
      Session.query(ctx.db).findById(sessionId).forUpdate(),
      User.query(ctx.db).findById(userId),
    ])
    if (!session || !isGood(session, ctx.now) || user?.status !== 'active') throw BadRefresh()

    const given = hashOf(secret)
    const successor = ctx.ports.vault.successor(secret)
    if (session.refreshHash.equals(given)) {
      await Session.query(ctx.db)
        .findById(sessionId)
        .patch({
          refreshHash: hashOf(successor),
          previousHash: given,
          rotatedAt: ctx.now,
          lastUsedAt: ctx.now,
        })
      return tokensFor(ctx, user, sessionId, successor)
    }
    const unanswered = ctx.now.getTime() - session.rotatedAt.getTime() < SAME_SUCCESSOR_MS
    if (unanswered && session.previousHash?.equals(given)) return tokensFor(ctx, user, sessionId, successor)
    if (!isAncestor(secret, session.refreshHash, ctx.ports.vault)) throw BadRefresh()
    await endSession(ctx, session, 'reused')
    throw ReusedRefresh()
  },
})
