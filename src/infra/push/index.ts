import { randomUUID } from 'node:crypto'
import { type AppOptions, applicationDefault, deleteApp, initializeApp } from 'firebase-admin/app'
import { getMessaging, type MulticastMessage } from 'firebase-admin/messaging'
import type { Push } from '../../kernel/ports.ts'
import { plainAgent } from '../plain-agent.ts'
import { outcomeOf } from './outcome.ts'

export interface FirebasePushOptions {
  readonly project: string
  /** The server to talk to instead of Google's. */
  readonly endpoint?: string
}

const MAX_DATA_BYTES = 3000

/** Firebase Cloud Messaging; `close` gives back its connections. */
export function firebasePush({ project, endpoint }: FirebasePushOptions): Push & { close(): Promise<void> } {
  const agent = endpoint ? plainAgent(endpoint) : null
  const options: AppOptions = agent
    ? { projectId: project, credential: standIn, httpAgent: agent }
    : { projectId: project, credential: applicationDefault() }
  const app = initializeApp(options, randomUUID())
  const messaging = getMessaging(app)
  // The default HTTP/2 transport ignores the agent.
  if (agent) messaging.enableLegacyHttpTransport()
  return {
    async send(tokens, data, key) {
      if (tokens.length === 0) return []
      assertSendable(data)
      const { responses } = await messaging.sendEachForMulticast(wakingMessage(tokens, data, key))
      return responses.map(outcomeOf)
    },
    async close() {
      await deleteApp(app)
      agent?.destroy()
    },
  }
}

const standIn = { getAccessToken: () => Promise.resolve({ access_token: 'local', expires_in: 3600 }) }

// Google blames the token and a bad message with the same code, so a bad message must never leave.
function assertSendable(data: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(data).find(key => /^(from|notification|message_type|google.*|gcm.*)$/.test(key))
  if (reserved) throw new Error(`Push: '${reserved}' is a reserved key`)
  if (Buffer.byteLength(JSON.stringify(data)) > MAX_DATA_BYTES) throw new Error('Push: the data is too long')
}

/** Android hands the data to the app, which writes the alert; iOS shows ours, which the app's extension may rewrite. */
const wakingMessage = (
  tokens: readonly string[],
  data: Readonly<Record<string, string>>,
  key: string,
): MulticastMessage => ({
  tokens: [...tokens],
  data: { ...data },
  android: { priority: 'high', collapseKey: key },
  apns: {
    headers: { 'apns-priority': '10', 'apns-push-type': 'alert', 'apns-collapse-id': key },
    payload: { aps: { alert: { title: 'Kith' }, sound: 'default', contentAvailable: true, mutableContent: true } },
  },
})
