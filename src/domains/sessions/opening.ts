import type { SessionId } from '../../kernel/control.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import { User } from '../accounts/model.ts'
import { record } from '../activities/policy.ts'
import { endOldSessions } from './ending.ts'
import { AccountClosed } from './failures.ts'
import { newDeviceToken } from './guesses.ts'
import { Session } from './model.ts'
import { good } from './policy.ts'
import { hashOf, newSecret, writeToken } from './refresh.ts'
import type { DeviceWire, TokensWire } from './wire.ts'

const SESSION_DAYS = 90
const DAY_MS = 24 * 3_600_000

interface Arrival {
  /** Who has proven that it is they. */
  readonly userId: UserId
  readonly device: DeviceWire | undefined
  /** When they proved it, where that is not now. */
  readonly provenAt?: Date
}

/**
 * Signs somebody in who has proven who they are. An account its owner had left is active again. Whoever is signed in
 * already goes on with the session they have, which is proven anew.
 */
export async function openSession(ctx: Ctx, { userId, device, provenAt = ctx.now }: Arrival): Promise<TokensWire> {
  const [user] = await User.query(ctx.db)
    .where({ id: userId })
    .whereIn('status', ['pending', 'active', 'deactivated'])
    .patch({ status: 'active', leftAt: null, lastLoginAt: ctx.now, loginCount: User.raw('login_count + 1') })
    .returning('*')
  if (!user) throw AccountClosed()
  await ctx.actFor(userId)
  const kept = ctx.actor?.id === userId ? await proveAnew(ctx, ctx.actor.sessionId, provenAt) : null
  if (kept) return tokensFor(ctx, user, kept.id)

  const secret = newSecret()
  const { name = '', ...more } = device ?? {}
  const session = await Session.query(ctx.db)
    .insert({
      userId,
      deviceName: name,
      device: more,
      address: ctx.address,
      refreshHash: hashOf(secret),
      authenticatedAt: provenAt,
      expiresAt: new Date(ctx.now.getTime() + SESSION_DAYS * DAY_MS),
    })
    .returning('*')
  await Promise.all([
    record(ctx, { userId, type: 'login', sessionId: session.id, device: device ?? {} }),
    endOldSessions(ctx, userId, session.id),
  ])
  const tokens = await tokensFor(ctx, user, session.id, secret)
  return { ...tokens, deviceToken: newDeviceToken(ctx.ports.vault, user) }
}

/** The session of whoever is signed in already, if it is still good. */
async function proveAnew(ctx: Ctx, sessionId: string | null, provenAt: Date): Promise<Session | undefined> {
  const [session] = await Session.query(ctx.db)
    .where({ id: sessionId })
    .modify(good(ctx.now))
    .patch({ authenticatedAt: Session.raw('greatest(authenticated_at, ?)', [provenAt]), lastUsedAt: ctx.now })
    .returning('*')
  return session
}

/** New tokens of a session; without a secret it keeps the refresh token it has. */
export async function tokensFor(
  ctx: Ctx,
  user: Pick<User, 'id' | 'tokenEpoch'>,
  sessionId: SessionId,
  secret?: string,
): Promise<TokensWire> {
  const { id: userId, tokenEpoch } = user
  const access = await ctx.ports.tokens.issue(userId, sessionId, tokenEpoch)
  return {
    userId,
    sessionId,
    accessToken: access.token,
    accessExpiresAt: access.expiresAt.toISOString(),
    ...(secret !== undefined && { refreshToken: writeToken({ userId, sessionId, secret }) }),
  }
}
