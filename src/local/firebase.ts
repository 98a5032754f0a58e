import { createSign, generateKeyPair } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { parseJson } from './files.ts'
import { readText, sendJson, serve, targetOf, type LocalServer } from './http.ts'
import { createJournal, sendEntries, type Journal } from './journal.ts'

/** A push message that was accepted. */
export interface PushMessage {
  readonly token: string
  readonly data: Readonly<Record<string, string>>
  /** The message as firebase-admin sent it. */
  readonly message: unknown
  readonly at: string
}

/** What an ID token says of the person who signed in. */
export interface IdTokenWish {
  readonly uid: string
  readonly projectId?: string
  /** Negative for one that has expired. */
  readonly expiresInSeconds?: number
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A person of Firebase Auth who is not as all others are: there, enabled, and good with every token. */
export interface LocalPerson {
  readonly uid: string
  readonly disabled?: boolean
  readonly deleted?: boolean
  /** In seconds: who signed in before must sign in again. */
  readonly validSince?: number
}

export interface LocalFirebase extends LocalServer {
  /** An ID token as the Firebase SDK of an app would get it, valid for `verifyIdToken`. */
  mintIdToken(wish: IdTokenWish): string
}

interface Outgoing {
  readonly token?: string
  readonly data?: Readonly<Record<string, string>>
  readonly notification?: unknown
}

const PROJECT = 'kith-local'
const KEY_ID = 'kith-local'
const LARGEST_PAYLOAD = 4096

/** How a token's beginning decides what becomes of its message; all others are accepted. */
const REFUSALS = [
  { prefix: 'dead', http: 404, status: 'NOT_FOUND', errorCode: 'UNREGISTERED' },
  { prefix: 'bad', http: 400, status: 'INVALID_ARGUMENT', errorCode: 'INVALID_ARGUMENT' },
  { prefix: 'boom', http: 500, status: 'INTERNAL', errorCode: 'INTERNAL' },
] as const

/** Starts a stand-in for the parts of Google that firebase-admin talks to: messaging and ID tokens. */
export async function startFirebase({ port }: { readonly port?: number } = {}): Promise<LocalFirebase> {
  const sent = createJournal<PushMessage>()
  const people = new Map<string, LocalPerson>()
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' })

  const mintIdToken = (wish: IdTokenWish) => {
    const unsigned = [{ alg: 'RS256', kid: KEY_ID, typ: 'JWT' }, idClaims(wish)].map(base64url).join('.')
    return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url')}`
  }

  const handler = async (req: IncomingMessage, res: ServerResponse) => {
    const { path, query } = targetOf(req)
    const route = `${req.method} ${path}`
    if (/^POST \/v1\/projects\/[^/]+\/messages:send$/.test(route)) return acceptMessage(req, res, sent)
    if (/^POST \/v1\/projects\/[^/]+\/accounts:lookup$/.test(route)) return lookUp(req, res, people)
    if (route === 'GET /robot/v1/metadata/x509/securetoken@system.gserviceaccount.com') {
      return sendJson(res, 200, { [KEY_ID]: publicPem }, { 'cache-control': 'public, max-age=20000' })
    }
    if (route === 'GET /local/messages') {
      const token = query.get('token')
      return sendEntries(res, query, sent, message => token === null || message.token === token)
    }
    if (route === 'POST /local/id-tokens') {
      return sendJson(res, 201, { idToken: mintIdToken(parseJson<IdTokenWish>(await readText(req))) })
    }
    if (route === 'POST /local/people') {
      const person = parseJson<LocalPerson>(await readText(req))
      people.set(person.uid, person)
      return sendJson(res, 201, person)
    }
    return sendJson(res, 404, googleError(404, 'NOT_FOUND', `Nothing here for ${route}`))
  }
  return { ...(await serve(handler, { port, standsInFor: 'googleapis.com' })), mintIdToken }
}

async function acceptMessage(req: IncomingMessage, res: ServerResponse, sent: Journal<PushMessage>): Promise<void> {
  const { message = {} } = parseJson<{ message?: Outgoing }>(await readText(req))
  const token = message.token ?? ''
  const refusal = REFUSALS.find(({ prefix }) => token.startsWith(prefix)) ?? (isSendable(message) ? null : REFUSALS[1])
  if (refusal) {
    const details = [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: refusal.errorCode }]
    const text = `Refused by the local Firebase: ${refusal.errorCode}`
    return sendJson(res, refusal.http, googleError(refusal.http, refusal.status, text, details))
  }
  sent.add({ token, data: message.data ?? {}, message, at: new Date().toISOString() })
  return sendJson(res, 200, { name: `projects/${PROJECT}/messages/${crypto.randomUUID()}` })
}

/** Google refuses a message without a token, and one whose data and notification together exceed 4 kB. */
function isSendable({ token, data = {}, notification = {} }: Outgoing): boolean {
  const payload = JSON.stringify(data) + JSON.stringify(notification)
  return Boolean(token) && Buffer.byteLength(payload) <= LARGEST_PAYLOAD
}

async function lookUp(
  req: IncomingMessage,
  res: ServerResponse,
  people: ReadonlyMap<string, LocalPerson>,
): Promise<void> {
  const { localId = [] } = parseJson<{ localId?: string[] }>(await readText(req))
  const found = localId.map(uid => people.get(uid) ?? { uid }).filter(({ deleted = false }) => !deleted)
  const users = found.map(({ uid, disabled = false, validSince = 0 }) => ({
    localId: uid,
    disabled,
    validSince: String(validSince),
  }))
  sendJson(res, 200, { users })
}

function idClaims({ uid, projectId = PROJECT, expiresInSeconds = 3600, claims }: IdTokenWish) {
  const now = Math.floor(Date.now() / 1000)
  const issued = Math.min(now, now + expiresInSeconds) - 5
  return {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub: uid,
    user_id: uid,
    auth_time: issued,
    iat: issued,
    exp: now + expiresInSeconds,
    firebase: { identities: {}, sign_in_provider: 'custom' },
    ...claims,
  }
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const googleError = (code: number, status: string, message: string, details: readonly object[] = []) => ({
  error: { code, status, message, details },
})
