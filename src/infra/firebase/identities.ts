import type { App } from 'firebase-admin/app'
import type { DecodedIdToken } from 'firebase-admin/auth'
import { Unavailable } from '../../kernel/failure.ts'
import type { Identities, Identity } from '../../kernel/ports.ts'
import { within } from '../../kernel/within.ts'
import type { Firebase } from './app.ts'

const MAX_CHARS = 4096
const TIMEOUT_MS = 5000

/** Social sign-in by Firebase Auth, whose library is loaded when the first token is shown. */
export function firebaseIdentities({ app }: Firebase, timeoutMs = TIMEOUT_MS): Identities {
  let opening: ReturnType<typeof open> | null = null
  return {
    async identify(idToken) {
      if (!isReadable(idToken)) return null
      const auth = await (opening ??= open(app))
      try {
        return identityOf(await within(timeoutMs, auth.verifyIdToken(idToken, true)))
      } catch (error) {
        if (isRefusal(error)) return null
        throw Unavailable({}, { cause: new Error(`Firebase did not say who it is: code ${codeOf(error)}`) })
      }
    },
  }
}

async function open(app: App) {
  const { getAuth } = await import('firebase-admin/auth')
  return getAuth(app)
}

/** The library throws errors of any kind at what only looks like a token. */
function isReadable(token: string): boolean {
  if (token.length > MAX_CHARS || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return false
  return token.split('.').slice(0, 2).every(isJsonObject)
}

function isJsonObject(base64url: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const PROVIDER = /^[\w.-]{1,100}$/
const CLOCKS_DIFFER_SECONDS = 300
const isPast = (time: unknown): time is number =>
  Number.isInteger(time) && Number(time) >= 0 && Number(time) < Date.now() / 1000 + CLOCKS_DIFFER_SECONDS

function identityOf({ sub, auth_time, email, email_verified, firebase }: Partial<DecodedIdToken>): Identity | null {
  const provider: unknown = firebase?.sign_in_provider
  // Without a time of sign-in the library takes a token for one that is not revoked.
  if (!sub || !isPast(auth_time) || typeof provider !== 'string' || !PROVIDER.test(provider)) return null
  return {
    provider,
    subject: sub,
    email: email_verified === true && typeof email === 'string' && email !== '' ? email : null,
    signedInAt: new Date(Math.min(auth_time * 1000, Date.now())), // their clock may be ahead
  }
}

const REFUSALS = [
  'auth/id-token-expired',
  'auth/id-token-revoked',
  'auth/user-disabled',
  'auth/user-not-found',
  'auth/invalid-uid',
]
const BLAMES_TOKEN = /^(Decoding )?Firebase ID token |^verifyIdToken\(\) expects /

/** With `argument-error` the library blames a bad token, and also Google's keys when it cannot get them: its words differ. */
const isRefusal = (error: unknown) =>
  REFUSALS.includes(codeOf(error)) ||
  (codeOf(error) === 'auth/argument-error' && error instanceof Error && BLAMES_TOKEN.test(error.message))

const codeOf = (error: unknown) => (error instanceof Error ? String(Reflect.get(error, 'code') ?? error.name) : 'none')
