import { randomUUID } from 'node:crypto'
import { applicationDefault, deleteApp, initializeApp, type App } from 'firebase-admin/app'
import { plainAgent } from '../plain-agent.ts'

export interface FirebaseOptions {
  readonly project: string
  /** The server to talk to instead of Google's. */
  readonly endpoint?: string
}

/** The project in Firebase, which push and social sign-in share. */
export interface Firebase {
  readonly app: App
  /** Whether a stand-in answers in Google's place. */
  readonly isLocal: boolean
  /** Gives back its connections. */
  close(): Promise<void>
}

export function openFirebase({ project, endpoint }: FirebaseOptions): Firebase {
  const agent = endpoint ? plainAgent(endpoint) : null
  const trust = agent ? { credential: standIn, httpAgent: agent } : { credential: applicationDefault() }
  const app = initializeApp({ projectId: project, ...trust }, randomUUID())
  return {
    app,
    isLocal: agent !== null,
    async close() {
      await deleteApp(app)
      agent?.destroy()
    },
  }
}

const standIn = { getAccessToken: () => Promise.resolve({ access_token: 'local', expires_in: 3600 }) }
