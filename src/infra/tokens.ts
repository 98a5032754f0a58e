import { createSecretKey, randomUUID, type webcrypto } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import type { Tokens } from '../kernel/ports.ts'

export interface TokenOptions {
  /** Keys of at least 32 bytes, by key id. */
  readonly keys: Readonly<Record<string, Buffer>>
  /** The id of the key that new tokens are signed with. */
  readonly activeKid: string
  readonly issuer: string
  readonly audience: string
  readonly ttlSeconds: number
}

const ALGORITHM = 'HS256'
const TYPE = 'at+jwt'
// jose reads base64 leniently, spaces and all; a token has one spelling.
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/
const MAX_CHARS = 2048
const CLOCK_TOLERANCE = 5
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** Access tokens as HS256 JWTs of type `at+jwt`. */
export function accessTokens({ keys: bytes, activeKid, issuer, audience, ttlSeconds }: TokenOptions): Tokens {
  const keys = new Map(Object.entries(bytes).map(([kid, secret]) => [kid, signingKey(kid, secret)]))
  const activeKey = keys.get(activeKid)
  if (!activeKey) throw new Error(`Tokens: there is no key '${activeKid}' to sign with`)

  const keyFor = ({ kid }: { kid?: string }) => {
    const key = kid === undefined ? undefined : keys.get(kid)
    if (!key) throw new Error('Tokens: unknown key')
    return key
  }
  const rules = {
    algorithms: [ALGORITHM],
    typ: TYPE,
    issuer,
    audience,
    requiredClaims: ['sub', 'sid', 'epoch', 'iat', 'exp', 'jti'],
    maxTokenAge: ttlSeconds,
    clockTolerance: CLOCK_TOLERANCE,
  }

  return {
    async issue(userId, sessionId, epoch) {
      const issuedAt = Math.floor(Date.now() / 1000)
      const token = await new SignJWT({ sid: sessionId, epoch })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: activeKid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .setJti(randomUUID())
        .sign(activeKey)
      return { token, expiresAt: new Date((issuedAt + ttlSeconds) * 1000) }
    },
    async verify(token) {
      if (typeof token !== 'string' || token.length > MAX_CHARS || !SHAPE.test(token)) return null
      try {
        const { payload, protectedHeader } = await jwtVerify(token, keyFor, rules)
        const { sub, sid, epoch, exp, jti } = payload
        // jose also takes the type in other spellings.
        if (protectedHeader.typ !== TYPE) return null
        if (!isUuid(sub) || !isUuid(sid) || exp === undefined || typeof jti !== 'string') return null
        if (!isEpoch(epoch)) return null
        return { userId: sub, sessionId: sid, epoch, expiresAt: exp }
      } catch {
        return null
      }
    },
  }
}

const isEpoch = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value)

// A KeyObject alone would be exported and imported again on every use.
function signingKey(kid: string, secret: Buffer): webcrypto.CryptoKey {
  if (secret.length < 32) throw new Error(`Tokens: key '${kid}' must be at least 32 bytes`)
  return createSecretKey(secret).toCryptoKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}
