import type { World } from './world.ts'

interface Wish {
  readonly uid: string
  readonly email?: string
  readonly verified?: boolean
  readonly provider?: string
  /** How long ago the person signed in with the provider, in seconds. */
  readonly ago?: number
}

/** An ID token as the Firebase SDK of an app would get it. */
export async function idTokenOf({ env }: Pick<World, 'env'>, wish: Wish): Promise<string> {
  const { uid, email, verified = true, provider = 'google.com', ago = 0 } = wish
  const claims = {
    ...(email && { email, email_verified: verified }),
    firebase: { identities: {}, sign_in_provider: provider },
    ...(ago !== 0 && { auth_time: Math.floor(Date.now() / 1000) - ago }),
  }
  const response = await fetch(`${env.FIREBASE_ENDPOINT}/local/id-tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uid, claims }),
  })
  return ((await response.json()) as { idToken: string }).idToken
}
