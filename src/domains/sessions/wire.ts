import type { SessionId } from '../../kernel/control.ts'
import type { UserId } from '../../kernel/scope.ts'
import { bool, id, instant, nullable, optional, shape, text, token, type Infer } from '../../kernel/shape.ts'
import { DEVICE_TOKEN } from './guesses.ts'
import type { Session } from './model.ts'

const line = (max: number) => optional(text({ max, line: true }))

/** What a device says of itself: a name to know it by, and what it is. */
export const DeviceWire = shape({ name: line(100), model: line(40), system: line(40), app: line(40) })
export type DeviceWire = Infer<typeof DeviceWire>

/** What a sign-in says of the device it is on. */
export const onDevice = { device: optional(DeviceWire) }
/** A device that has signed in before shows what it was given then, and strangers’ guesses do not make it wait. */
export const knownDevice = { deviceToken: optional(token(DEVICE_TOKEN, 'a device token')) }

/**
 * What a device keeps after signing in. The access token is good for minutes, the refresh token for one exchange. There
 * is none for a web page, whose browser keeps it as a cookie, and none when a session is proven anew: it keeps the one
 * it has. The device token outlives the session.
 */
export const TokensWire = shape({
  userId: id<UserId>(),
  sessionId: id<SessionId>(),
  accessToken: text({ max: 4096 }),
  accessExpiresAt: instant(),
  refreshToken: optional(text({ max: 200 })),
  deviceToken: optional(text({ max: 200 })),
})
export type TokensWire = Infer<typeof TokensWire>

export const SessionWire = shape({
  id: id<SessionId>(),
  name: text({ min: 0, max: 100 }),
  device: DeviceWire,
  /** Where it was begun; null where that is not known. */
  address: nullable(text({ max: 45 })),
  createdAt: instant(),
  lastUsedAt: instant(),
  authenticatedAt: instant(),
  current: bool(),
})

export const toWire = (session: Session, current: string | null): Infer<typeof SessionWire> => ({
  id: session.id,
  name: session.deviceName,
  device: session.device,
  address: session.address,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastUsedAt.toISOString(),
  authenticatedAt: session.authenticatedAt.toISOString(),
  current: session.id === current,
})
