import type { SessionId } from '../../kernel/control.ts'
import type { UserId } from '../../kernel/scope.ts'
import { bool, id, instant, shape, text, type Infer } from '../../kernel/shape.ts'
import type { Session } from './model.ts'

/** What a device keeps after signing in. The access token is good for minutes, the refresh token for one exchange. */
export const TokensWire = shape({
  userId: id<UserId>(),
  sessionId: id<SessionId>(),
  accessToken: text({ max: 4096 }),
  accessExpiresAt: instant(),
  refreshToken: text({ max: 200 }),
})
export type TokensWire = Infer<typeof TokensWire>

export const SessionWire = shape({
  id: id<SessionId>(),
  deviceName: text({ min: 0, max: 100 }),
  createdAt: instant(),
  lastUsedAt: instant(),
  current: bool(),
})

export const toWire = (session: Session, current: string | null): Infer<typeof SessionWire> => ({
  id: session.id,
  deviceName: session.deviceName,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastUsedAt.toISOString(),
  current: session.id === current,
})
