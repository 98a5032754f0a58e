import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readText, sendJson, serve, targetOf, type LocalServer } from './http.ts'
import { inboxPage } from './inbox-page.ts'
import { createJournal, sendEntries, type Journal } from './journal.ts'

/** A text message or a mail that would have left this machine. */
export interface InboxMessage {
  readonly id: string
  readonly kind: 'sms' | 'mail'
  readonly to: string
  readonly from: string
  /** Empty for a text message. */
  readonly subject: string
  readonly text: string
  readonly at: string
}

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

export interface InboxOptions {
  readonly port?: number
  /** What is shown, and where text messages are put; mail gets into it by SMTP. */
  readonly received?: Journal<InboxMessage>
}

/** Starts an inbox that takes text messages as Twilio does, and shows everything received on a page. */
export async function startInbox({ port, received = createJournal() }: InboxOptions = {}): Promise<LocalServer> {
  const handler = async (req: IncomingMessage, res: ServerResponse) => {
    const { path, query } = targetOf(req)
    const route = `${req.method} ${path}`
    const account = /^POST \/2010-04-01\/Accounts\/(\w+)\/Messages\.json$/.exec(route)?.[1]
    if (account) return takeSms(req, res, account, received)
    if (route === 'GET /local/messages') {
      const to = query.get('to')
      return sendEntries(res, query, received, message => to === null || message.to === to)
    }
    if (route === 'GET /') {
      return void res.writeHead(200, PAGE_HEADERS).end(inboxPage(received.find(() => true).toReversed()))
    }
    return sendJson(res, 404, twilioError(404, 20404, `The requested resource ${path} was not found`))
  }
  return serve(handler, { port, standsInFor: 'twilio.com' })
}

async function takeSms(
  req: IncomingMessage,
  res: ServerResponse,
  account: string,
  received: Journal<InboxMessage>,
): Promise<void> {
  const form = new URLSearchParams(await readText(req))
  const [to, text] = [form.get('To') ?? '', form.get('Body') ?? '']
  const from = form.get('From') ?? form.get('MessagingServiceSid') ?? ''
  const refusal = smsRefusal(req, { to, from, text })
  if (refusal) return sendJson(res, refusal.status, refusal)

  const message: InboxMessage = {
    id: `SM${sid()}`,
    kind: 'sms',
    to,
    from,
    subject: '',
    text,
    at: new Date().toISOString(),
  }
  received.add(message)
  return sendJson(res, 201, {
    sid: message.id,
    account_sid: account,
    to,
    from: form.get('From'),
    messaging_service_sid: form.get('MessagingServiceSid'),
    body: text,
    status: 'queued',
    direction: 'outbound-api',
    num_segments: '1',
    num_media: '0',
    error_code: null,
    error_message: null,
    date_created: new Date(message.at).toUTCString(),
    date_updated: new Date(message.at).toUTCString(),
    date_sent: null,
    price: null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${account}/Messages/${message.id}.json`,
    subresource_uris: {},
  })
}

/** The refusals of Twilio that a wrong call meets; +15005550001 is its own test number that is never valid. */
function smsRefusal(req: IncomingMessage, { to, from, text }: { to: string; from: string; text: string }) {
  if (!req.headers.authorization?.startsWith('Basic ')) return twilioError(401, 20003, 'Authenticate')
  if (!/^\+[1-9]\d{6,14}$/.test(to) || to === '+15005550001') {
    return twilioError(400, 21211, `The 'To' number ${to} is not a valid phone number.`)
  }
  if (!from) return twilioError(400, 21603, "A 'From' phone number is required.")
  if (!text) return twilioError(400, 21602, 'Message body is required.')
  if (text.length > 1600) return twilioError(400, 21617, 'The message body exceeds the 1600 character limit')
  return null
}

const twilioError = (status: number, code: number, message: string) => ({
  status,
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
})

const sid = () => randomUUID().replaceAll('-', '')
