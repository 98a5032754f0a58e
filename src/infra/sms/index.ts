import type { Sms } from '../../kernel/ports.ts'
import { plainAgent } from '../plain-agent.ts'

export interface TwilioSmsOptions {
  readonly accountSid: string
  readonly authToken: string
  /** The number messages come from. */
  readonly from: string
  /** The countries that are sent to, by their ISO codes; empty for all. */
  readonly countries: readonly string[]
  /** The server to talk to instead of Twilio's. */
  readonly endpoint?: string
}

/** Text messages by Twilio, whose library is loaded when the first one is sent. */
export function twilioSms(options: TwilioSmsOptions): Sms {
  let opening: ReturnType<typeof open> | null = null
  return {
    serves: country => options.countries.length === 0 || options.countries.includes(country),
    async send(to, body) {
      const client = await (opening ??= open(options))
      try {
        await client.messages.create({ to, from: options.from, body })
      } catch (error) {
        throw withoutNumber(error)
      }
    },
  }
}

async function open({ accountSid, authToken, endpoint }: TwilioSmsOptions) {
  const { default: twilio } = await import('twilio')
  const httpClient = new twilio.RequestClient({ timeout: 10_000 })
  if (endpoint) httpClient.axios.defaults.httpsAgent = plainAgent(endpoint)
  return twilio(accountSid, authToken, { httpClient })
}

// Twilio's messages repeat the number they were about, and axios keeps the whole request.
const withoutNumber = (error: unknown) =>
  new Error(`Twilio did not take a message: status ${detail(error, 'status')}, code ${detail(error, 'code')}`)

const detail = (error: unknown, name: string) =>
  error instanceof Error ? String(Reflect.get(error, name) ?? 'none') : 'none'
