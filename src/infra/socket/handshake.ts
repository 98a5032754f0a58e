import type { Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { asFailure } from '../../kernel/dispatch.ts'
import { TooFast, Unauthenticated } from '../../kernel/failure.ts'
import { perMinute } from '../../kernel/limit.ts'
import type { Tokens } from '../../kernel/ports.ts'
import type { Actor, UserId } from '../../kernel/scope.ts'
import { id, list, optional, parse, shape, text, token, type Infer } from '../../kernel/shape.ts'
import type { Cooldown } from './cooldown.ts'

const CONNECTS = perMinute(20)
/** Rooms one socket may hold open. */
export const OPEN_MAX = 200

const roomRef = shape({ kind: token(/^[a-z_]{1,30}$/, 'a kind of room'), id: id() })

/** What a client says of itself when it connects. Cookies are ignored: they would let a foreign page speak for a person. */
export const Handshake = shape({
  /** Empty when nobody is signed in, which is refused as any token that is not good. */
  token: text({ min: 0, max: 4096 }),
  /** Where the client has got to, `epoch:pos`; what came after is replayed. */
  cursor: optional(token(/^[0-9a-f]{32}:\d{1,15}$/, 'a cursor')),
  /** The rooms it had joined for a while. */
  rooms: optional(list(roomRef, { max: OPEN_MAX })),
})
export type Handshake = Infer<typeof Handshake>

export interface Identity {
  readonly actor: Actor & { readonly sessionId: string }
  readonly expiresAt: number
  readonly cursor: string | null
  readonly rooms: readonly { readonly kind: string; readonly id: string }[]
}

/** Reads a handshake; throws a failure for anything but a well-formed one with a valid token. */
export async function identify(tokens: Tokens, auth: unknown): Promise<Identity> {
  const { token, cursor, rooms } = parse(Handshake, auth ?? {})
  const claims = await tokens.verify(token)
  if (!claims) throw Unauthenticated()
  const actor = { id: claims.userId as UserId, sessionId: claims.sessionId, epoch: claims.epoch }
  return { actor, expiresAt: claims.expiresAt, cursor: cursor ?? null, rooms: rooms ?? [] }
}

/** Who connects. Throws a failure when they may not, do so too often, or still have to cool down. */
export async function admitted(app: App, cooldown: Cooldown, { handshake }: Socket): Promise<Identity> {
  const identity = await identify(app.ports.tokens, handshake.auth)
  const { id } = identity.actor
  const waits = [app.spend([{ key: `socket:connect:${id}`, rates: CONNECTS }], 'share'), cooldown.left(id)]
  const retryAfterMs = Math.max(...(await Promise.all(waits)))
  if (retryAfterMs > 0) throw TooFast({ retryAfterMs })
  return identity
}

/** A failed handshake as Socket.IO tells it to the client. */
export function rejection(app: App, error: unknown): Error {
  const failure = asFailure(app, error, { at: 'handshake' })
  return Object.assign(new Error(failure.message), { data: failure.toWire() })
}
