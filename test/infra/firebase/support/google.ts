import type { ExecutionContext } from 'ava'
import { openFirebase } from '../../../../src/infra/firebase/app.ts'
import { firebaseIdentities } from '../../../../src/infra/firebase/identities.ts'
import { startFirebase, type IdTokenWish, type LocalPerson } from '../../../../src/local/firebase.ts'

const PROJECT = 'kith-local'

export const googleClaims = {
  email: 'ada@kith.example',
  email_verified: true,
  firebase: { identities: {}, sign_in_provider: 'google.com' },
}

/** A stand-in for Google, and identities that ask it. */
export async function openGoogle(t: ExecutionContext) {
  const google = await startFirebase()
  const firebase = openFirebase({ project: PROJECT, endpoint: google.url })
  t.teardown(async () => {
    await firebase.close()
    await google.stop()
  })
  const { identify } = firebaseIdentities(firebase)
  return {
    google,
    identify,
    /** A token of Ada, who signed in with Google, but for what is asked for. */
    mint: ({ claims, ...wish }: Partial<IdTokenWish> = {}) =>
      google.mintIdToken({ uid: 'ada', ...wish, claims: { ...googleClaims, ...claims } }),
    tell: (person: LocalPerson) =>
      fetch(`${google.url}/local/people`, { method: 'POST', body: JSON.stringify(person) }),
  }
}
