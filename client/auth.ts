import type { Data, FailedAck, OkAck, Tokens } from './contract.ts'
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
  /** Signs in with the code. */
  signIn(challengeId: string, code: string, deviceName?: string): Promise<Tokens>
  tokens(): Promise<Tokens | null>
  /** An access token that is good for a while yet; null when signed out. With `fresh`, a new one in any case. */
  accessToken(fresh?: boolean): Promise<string | null>
  forget(): Promise<void>
  /** Ends the session and forgets the tokens; they are forgotten even when the server cannot be told. */
  signOut(): Promise<void>
}

const RENEW_BEFORE_MS = 60_000

export function createAuth(url: string, store: TokenStore): Auth {
  let refreshing: Promise<Tokens | null> | null = null

  /** One exchange at a time: a refresh token is good once. */
  const refresh = (old: Tokens) =>
    (refreshing ??= exchange(old).finally(() => {
      refreshing = null
    }))

  async function exchange({ refreshToken }: Tokens): Promise<Tokens | null> {
    try {
      const tokens = await post<Tokens>(url, '/v1/auth/refresh', { refreshToken })
      await store.save(tokens)
      return tokens
    } catch (error) {
      if (!(error instanceof KithFailure) || error.code !== 'unauthenticated') throw error
      await store.save(null)
      return null
    }
  }

  async function accessToken(fresh = false): Promise<string | null> {
    const tokens = await store.load()
    if (!tokens) return null
    const left = Date.parse(tokens.accessExpiresAt) - Date.now()
    return fresh || left < RENEW_BEFORE_MS ? ((await refresh(tokens))?.accessToken ?? null) : tokens.accessToken
  }

  const forget = async () => {
    await store.save(null)
  }

  return {
    requestCode: phone => post(url, '/v1/auth/code', { phone }),
    async signIn(challengeId, code, deviceName) {
      const tokens = await post<Tokens>(url, '/v1/auth/verify', {
        challengeId,
        code,
        ...(deviceName && { deviceName }),
      })
      await store.save(tokens)
      return tokens
    },
    tokens: async () => store.load(),
    accessToken,
    forget,
    async signOut() {
      try {
        const token = await accessToken()
        if (token) await post(url, '/v1/auth/sign-out', {}, token)
      } finally {
        await forget()
      }
    },
  }
}

const ANSWER_MS = 8000

async function post<T>(url: string, path: string, body: object, token?: string): Promise<T> {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  const ack = (await response.json()) as OkAck<T> | FailedAck
  if (!ack.ok) throw new KithFailure(ack.error)
  return ack.data
}
