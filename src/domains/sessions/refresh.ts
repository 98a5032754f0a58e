import { createHash, randomBytes } from 'node:crypto'
import type { SessionId } from '../../kernel/control.ts'
import type { Vault } from '../../kernel/ports.ts'
import type { UserId } from '../../kernel/scope.ts'

/**
 * A refresh token names its person and session, so that row-level security can show that one row, and proves the right
 * by a secret of 256 random bits. Clients take it as opaque.
 */
interface RefreshToken {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly secret: string
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
export const REFRESH_TOKEN = new RegExp(`^rt1\\.(${UUID})\\.(${UUID})\\.([A-Za-z0-9_-]{43})$`)

export const newSecret = () => randomBytes(32).toString('base64url')
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest()

export const writeToken = ({ userId, sessionId, secret }: RefreshToken) => `rt1.${userId}.${sessionId}.${secret}`

/** A week of exchanges by a client that is always there. */
const GENERATIONS_MAX = 1000

/** Whether the secret of hash `current` descends from `secret`: whoever shows it has held this session before. */
export function isAncestor(secret: string, current: Buffer, { successor }: Vault): boolean {
  let next = secret
  for (let generation = 0; generation < GENERATIONS_MAX; generation++) {
    next = successor(next)
    if (hashOf(next).equals(current)) return true
  }
  return false
}

/** Reads a token that matches `REFRESH_TOKEN`. */
export function readToken(token: string): RefreshToken {
  const [, userId, sessionId, secret] = REFRESH_TOKEN.exec(token) ?? []
  return { userId: userId as UserId, sessionId: sessionId as SessionId, secret: secret ?? '' }
}
