import { command } from '../../../kernel/command.ts'
import type { SessionId } from '../../../kernel/control.ts'
import { Unauthenticated } from '../../../kernel/failure.ts'
import { perMinute } from '../../../kernel/limit.ts'
import { NoSocket } from '../../../kernel/seat.ts'
import { bool, id, instant, list, optional, shape, text } from '../../../kernel/shape.ts'
import { endEverySession, endSession } from '../ending.ts'
import { Session } from '../model.ts'
import { good, liveSession, ownLiveSession, ownSession } from '../policy.ts'
import { SessionWire, toWire } from '../wire.ts'

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
    if (!isOwn) throw Unauthenticated()
    const [live] = (await liveSession(ctx.db, { ...ctx.actor, epoch: claims.epoch }, ctx.now)) as unknown[]
    if (!live) throw Unauthenticated()
    const expiresAt = new Date(claims.expiresAt * 1000)
    ctx.seat.renew(expiresAt)
    return { expiresAt: expiresAt.toISOString() }
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

export const renameSession = command('session:rename', {
  about: 'Gives this session, or another of one’s own, a name to know its device by.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(30) },
  input: shape({ sessionId: optional(id<SessionId>()), name: text({ max: 100, line: true }) }),
  ack: SessionWire,
  async run(ctx, { sessionId = ctx.actor.sessionId as SessionId, name }) {
    const session = await ownSession(ctx, sessionId)
    const renamed = await Session.query(ctx.db).patchAndFetchById(session.id, { deviceName: name })
    return toWire(renamed, ctx.actor.sessionId)
  },
})

export const signOut = command('session:end', {
  about: 'Ends this session, or another of one’s own. Its sockets are closed.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(30) },
  http: '/v1/auth/sign-out',
  cookie: 'ends',
  input: shape({ sessionId: optional(id<SessionId>()) }),
  ack: shape({}),
  async run(ctx, { sessionId = ctx.actor.sessionId as SessionId }) {
    if (sessionId !== ctx.actor.sessionId) await ownLiveSession(ctx)
    const session = await ownSession(ctx, sessionId)
    await endSession(ctx, session, session.id === ctx.actor.sessionId ? 'signed_out' : 'revoked')
    return {}
  },
})

export const signOutEverywhere = command('session:end_all', {
  about:
    'Ends every session of one’s own, or with `others` every one but this. Their sockets are closed, and changes of contacts called off.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(10) },
  http: '/v1/auth/sign-out-everywhere',
  cookie: 'ends',
  input: shape({ others: optional(bool()) }),
  ack: shape({}),
  async run(ctx, { others = false }) {
    await ownLiveSession(ctx)
    await endEverySession(ctx, ctx.actor.id, 'revoked', others ? ctx.actor.sessionId : null)
    return {}
  },
})
