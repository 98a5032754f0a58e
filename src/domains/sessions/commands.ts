import { randomUUID } from 'node:crypto'
import { command } from '../../kernel/command.ts'
import type { SessionId } from '../../kernel/control.ts'
import { Unauthenticated } from '../../kernel/failure.ts'
import { perHour, perMinute } from '../../kernel/limit.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import { NoSocket } from '../../kernel/seat.ts'
import { id, instant, list, optional, shape, text, token } from '../../kernel/shape.ts'
import { User } from '../accounts/model.ts'
import { e164 } from '../accounts/phone.ts'
import { isActive } from '../accounts/policy.ts'
import { Activity } from '../activities/model.ts'
import { CODE_DIGITS, CODE_MINUTES, sameCode } from './code.ts'
import { endOldSessions, endSession } from './ending.ts'
import { AccountClosed, BadRefresh, ReusedRefresh, WrongCode } from './failures.ts'
import { SendCode } from './jobs.ts'
import { CodeChallenge, Session, type ChallengeId } from './model.ts'
import { challengeToTry, good, isGood, liveSession, phoneToVerify, sessionToEnd } from './policy.ts'
import { hashOf, isAncestor, newSecret, readToken, REFRESH_TOKEN, writeToken } from './refresh.ts'
import { SessionWire, TokensWire, toWire } from './wire.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const SESSION_DAYS = 90
/** How long a client that never got the answer may ask again with the old token. */
const SAME_SUCCESSOR_MS = 10_000

export const requestCode = command('code:request', {
  about: 'Sends a sign-in code to a phone.',
  auth: 'anyone',
  access: 'write',
  limits: {
    caller: perHour(30),
    target: { each: 'phone', rates: perHour(5), of: ({ phone }) => e164(phone) },
    blind: 'refuse',
  },
  http: '/v1/auth/code',
  input: shape({ phone: text({ max: 32 }) }),
  ack: shape({ challengeId: id<ChallengeId>(), expiresAt: instant() }),
  async run(ctx, input) {
    const phone = e164(input.phone)
    const { vault } = ctx.ports
    const challengeId = randomUUID() as ChallengeId
    const phoneIndex = vault.blindIndex('phone', phone)
    const expiresAt = new Date(ctx.now.getTime() + CODE_MINUTES * MINUTE)
    await phoneToVerify(ctx, phoneIndex)
    await CodeChallenge.query(ctx.db)
      .where({ phoneIndex })
      .where('expiresAt', '>', ctx.now)
      .patch({ expiresAt: ctx.now })
    await CodeChallenge.query(ctx.db).insert({
      id: challengeId,
      phoneIndex,
      phoneSealed: vault.seal(`code_challenges.phone|${challengeId}`, phone),
      expiresAt,
    })
    ctx.enqueue(SendCode, { challengeId })
    return { challengeId, expiresAt: expiresAt.toISOString() }
  },
})

export const startSession = command('session:start', {
  about: 'Signs in with a code, and makes the account on the first time.',
  auth: 'anyone',
  access: 'write',
  limits: {
    caller: perHour(60),
    target: { each: 'challenge', rates: perHour(10), of: ({ challengeId }) => challengeId },
    blind: 'refuse',
  },
  http: '/v1/auth/verify',
  input: shape({
    challengeId: id<ChallengeId>(),
    code: token(/^\d{6}$/, `${CODE_DIGITS} digits`),
    deviceName: optional(text({ max: 100, line: true })),
  }),
  ack: TokensWire,
  async run(ctx, { challengeId, code, deviceName = '' }) {
    const challenge = await challengeToTry(ctx, challengeId)
    if (!sameCode(code, ctx.ports.vault.code(challengeId, CODE_DIGITS))) throw WrongCode()
    await CodeChallenge.query(ctx.db).findById(challengeId).patch({ usedAt: ctx.now })

    const { id: userId } = await accountOf(ctx, challenge)
    await ctx.actFor(userId)
    const secret = newSecret()
    const session = await Session.query(ctx.db)
      .insert({
        userId,
        deviceName,
        address: ctx.address,
        refreshHash: hashOf(secret),
        expiresAt: new Date(ctx.now.getTime() + SESSION_DAYS * DAY),
      })
      .returning('*')
    const seen = { sessionId: session.id, address: ctx.address, device: { name: deviceName } }
    await Activity.query(ctx.db).insert({ userId, type: 'login', ...seen })
    await endOldSessions(ctx, userId, session.id)
    return tokensFor(ctx, userId, session.id, secret)
  },
})

/** The account of a proven phone, held until the transaction ends; two first sign-ins at once make one. */
async function accountOf(ctx: Ctx, { id, phoneSealed, phoneIndex }: CodeChallenge): Promise<User> {
  const { vault } = ctx.ports
  const userId = await newUserId(ctx)
  const phone = vault.open(`code_challenges.phone|${id}`, phoneSealed)
  await User.query(ctx.db)
    .insert({ id: userId, phoneIndex, phoneSealed: vault.seal(`users.phone|${userId}`, phone) })
    .onConflict('phoneIndex')
    .ignore()
  const [user] = await User.query(ctx.db)
    .where({ phoneIndex, status: 'active' })
    .patch({ lastLoginAt: ctx.now, loginCount: User.raw('login_count + 1') })
    .returning('*')
  if (!user) throw AccountClosed()
  return user
}

/** Known before the row is, because the phone is sealed for it. */
async function newUserId(ctx: Ctx): Promise<UserId> {
  const { rows } = await ctx.db.raw<{ rows: [{ id: UserId }] }>('select uuidv7() as id')
  return rows[0].id
}

async function tokensFor(ctx: Ctx, userId: UserId, sessionId: SessionId, secret: string) {
  const access = await ctx.ports.tokens.issue(userId, sessionId)
  return {
    userId,
    sessionId,
    accessToken: access.token,
    accessExpiresAt: access.expiresAt.toISOString(),
    refreshToken: writeToken({ userId, sessionId, secret }),
  }
}

export const refreshSession = command('session:refresh', {
  about: 'Exchanges a refresh token for new tokens; each token can be exchanged once.',
  auth: 'anyone',
  access: 'write',
  limits: { caller: perHour(300), blind: 'refuse' },
  http: '/v1/auth/refresh',
  input: shape({ refreshToken: token(REFRESH_TOKEN, 'a refresh token') }),
  ack: TokensWire,
  async run(ctx, input) {
    const { userId, sessionId, secret } = readToken(input.refreshToken)
    await ctx.actFor(userId)
    const session = await Session.query(ctx.db).findById(sessionId).forUpdate()
    if (!session || !isGood(session, ctx.now) || !(await isActive(ctx.db, userId))) throw BadRefresh()

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
      return tokensFor(ctx, userId, sessionId, successor)
    }
    const unanswered = ctx.now.getTime() - session.rotatedAt.getTime() < SAME_SUCCESSOR_MS
    if (unanswered && session.previousHash?.equals(given)) return tokensFor(ctx, userId, sessionId, successor)
    if (!isAncestor(secret, session.refreshHash, ctx.ports.vault)) throw BadRefresh()
    await endSession(ctx, session, 'reused')
    throw ReusedRefresh()
  },
})

export const renewSession = command('session:renew', {
  about: 'Shows a new access token of this session on its socket, which then stays open for as long as that is good.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(60) },
  input: shape({ accessToken: text({ max: 4096 }) }),
  ack: shape({ expiresAt: instant() }),
  async run(ctx, { accessToken }) {
    if (!ctx.seat) throw NoSocket()
    const claims = await ctx.ports.tokens.verify(accessToken)
    const isOwn = claims?.userId === ctx.actor.id && claims.sessionId === ctx.actor.sessionId
    const [live] = (await liveSession(ctx.db, ctx.actor, ctx.now)) as unknown[]
    if (!isOwn || !live) throw Unauthenticated()
    const expiresAt = new Date(claims.expiresAt * 1000)
    ctx.seat.renew(expiresAt)
    return { expiresAt: expiresAt.toISOString() }
  },
})

export const signOut = command('session:end', {
  about: 'Ends this session, or another of one’s own. Its sockets are closed.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(30) },
  http: '/v1/auth/sign-out',
  input: shape({ sessionId: optional(id<SessionId>()) }),
  ack: shape({}),
  async run(ctx, { sessionId = ctx.actor.sessionId as SessionId }) {
    const session = await sessionToEnd(ctx, sessionId)
    await endSession(ctx, session, session.id === ctx.actor.sessionId ? 'signed_out' : 'revoked')
    return {}
  },
})

export const listSessions = command('session:list', {
  about: 'One’s own living sessions, the most recently used first.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(60) },
  input: shape({}),
  ack: shape({ items: list(SessionWire, { max: 100 }) }),
  async run(ctx) {
    const sessions = await Session.query(ctx.db)
      .where({ userId: ctx.actor.id })
      .modify(good(ctx.now))
      .orderBy('lastUsedAt', 'desc')
      .limit(100)
    return { items: sessions.map(session => toWire(session, ctx.actor.sessionId)) }
  },
})
