import { getMessaging, type MulticastMessage } from 'firebase-admin/messaging'
import type { Push } from '../../kernel/ports.ts'
import type { Firebase } from './app.ts'
import { outcomeOf } from './outcome.ts'

const MAX_DATA_BYTES = 3000

/** Firebase Cloud Messaging. */
export function firebasePush({ app, isLocal }: Firebase): Push {
  const messaging = getMessaging(app)
  // The default HTTP/2 transport ignores the agent that leads to a stand-in.
  if (isLocal) messaging.enableLegacyHttpTransport()
  return {
    async send(tokens, data, key) {
      if (tokens.length === 0) return []
      assertSendable(data)
      const { responses } = await messaging.sendEachForMulticast(wakingMessage(tokens, data, key))
      return responses.map(outcomeOf)
    },
  }
}

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
