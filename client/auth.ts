import type { Data, FailedAck, Input, OkAck, Tokens } from './contract.ts'
import { KithFailure } from './failure.ts'

/** Where a device keeps its tokens between runs. */
export interface TokenStore {
  load(): Tokens | null | Promise<Tokens | null>
  save(tokens: Tokens | null): void | Promise<void>
}

export function memoryStore(): TokenStore {
  let kept: Tokens | null = null
  return {
    load: () => kept,
    save(tokens) {
      kept = tokens
    },
  }
}

export interface Auth {
  /** Has a code sent to a phone. */
  requestCode(phone: string): Promise<Data<'code:request'>>
  /** Has a link sent to a mailbox; the app it leads to signs in with its token. */
  requestLink(email: string): Promise<Data<'link:request'>>
  /** Signs in with a code. */
  signIn(input: Input<'session:start'>): Promise<Tokens>
  signInByLink(input: Input<'session:start_by_link'>): Promise<Tokens>
  signInByPassword(input: Input<'session:start_by_password'>): Promise<Tokens>
  /** Signs in with an ID token of Firebase Auth. */
  signInByProvider(input: Input<'session:start_by_provider'>): Promise<Tokens>
  tokens(): Promise<Tokens | null>
  /** An access token that is good for a while yet; null when signed out. With `fresh`, a new one in any case. */
  accessToken(fresh?: boolean): Promise<string | null>
  forget(): Promise<void>
  /** Ends the session and forgets the tokens; they are forgotten even when the server cannot be told, but for a cookie. */
  signOut(): Promise<void>
}

const RENEW_BEFORE_MS = 60_000

export interface AuthOptions {
  readonly url: string
  readonly store: TokenStore
  /** The browser keeps the refresh token, as a cookie no script can read; for pages of the server's own origin. */
  readonly cookie: boolean
}

export function createAuth({ url, store, cookie }: AuthOptions): Auth {
  const post = <T>(path: string, body: object, token?: string) => send<T>({ url, cookie, path, body, token })
  let refreshing: Promise<Tokens | null> | null = null

  /** One exchange at a time: a refresh token is good once. */
  const refresh = (refreshToken: string | undefined) =>
    (refreshing ??= exchange(refreshToken).finally(() => {
      refreshing = null
    }))

  async function exchange(refreshToken: string | undefined): Promise<Tokens | null> {
    try {
      return await keep(await post<Tokens>('/v1/auth/refresh', refreshToken === undefined ? {} : { refreshToken }))
    } catch (error) {
      if (!(error instanceof KithFailure) || error.code !== 'unauthenticated') throw error
      await store.save(null)
      return null
    }
  }

  async function accessToken(fresh = false): Promise<string | null> {
    const tokens = await store.load()
    if (!tokens && !cookie) return null
    const left = tokens ? Date.parse(tokens.accessExpiresAt) - Date.now() : 0
    return fresh || !tokens || left < RENEW_BEFORE_MS
      ? ((await refresh(tokens?.refreshToken))?.accessToken ?? null)
      : tokens.accessToken
  }

  async function keep(tokens: Tokens): Promise<Tokens> {
    await store.save(tokens)
    return tokens
  }
  const begin = (path: string) => async (input: object) => keep(await post<Tokens>(path, input))
  const forget = async () => {
    await store.save(null)
  }

  return {
    requestCode: phone => post('/v1/auth/code', { phone }),
    requestLink: email => post('/v1/auth/link', { email }),
    signIn: begin('/v1/auth/verify'),
    signInByLink: begin('/v1/auth/link/open'),
    signInByPassword: begin('/v1/auth/password'),
    signInByProvider: begin('/v1/auth/provider'),
    tokens: async () => store.load(),
    accessToken,
    forget,
    async signOut() {
      try {
        const token = await accessToken()
        if (token) await post('/v1/auth/sign-out', {}, token)
      } finally {
        await forget()
      }
    },
  }
}

const ANSWER_MS = 8000

interface Posting {
  readonly url: string
  readonly cookie: boolean
  readonly path: string
  readonly body: object
  readonly token: string | undefined
}

async function send<T>({ url, cookie, path, body, token }: Posting): Promise<T> {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(cookie && { 'x-client': 'web', 'x-requested-with': 'kith' }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  const ack = (await response.json()) as OkAck<T> | FailedAck
  if (!ack.ok) throw new KithFailure(ack.error)
  return ack.data
}
