import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import PostalMime from 'postal-mime'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { InboxMessage } from './inbox.ts'
import type { Journal } from './journal.ts'
import { LOOPBACK, portOf } from './network.ts'

export interface LocalMail {
  readonly url: string
  readonly port: number
  readonly stop: () => Promise<void>
}

const LARGEST_MAIL = 1024 * 1024

/** Starts a mail server on loopback that delivers nothing: it puts what it takes into the inbox. */
export async function startMail({
  received,
  port = 0,
}: {
  readonly received: Journal<InboxMessage>
  readonly port?: number
}): Promise<LocalMail> {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LARGEST_MAIL,
    closeTimeout: 100,
    // No mail arrives below .invalid, here as in the world.
    onRcptTo: ({ address }, _session, answer) =>
      answer(address.endsWith('.invalid') ? refusal(550, `No such mailbox: ${address}`) : null),
    onData: (stream, session, answer) => void take(stream, session, received).then(() => answer(), answer),
  })
  // Neither a port that is taken nor whoever goes away in the middle of a mail is a reason to end.
  server.on('error', () => undefined)
  const listening = await listen(server, port).catch(() => listen(server, 0))
  return {
    url: `smtp://${LOOPBACK}:${portOf(listening)}`,
    port: portOf(listening),
    stop: () => new Promise(resolve => server.close(resolve)),
  }
}

async function listen(server: SMTPServer, port: number) {
  const listening = server.listen(port, LOOPBACK)
  await once(listening, 'listening')
  return listening
}

/** Each recipient of the envelope is given the mail, whatever its head says. */
async function take(
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
  received: Journal<InboxMessage>,
): Promise<void> {
  const { from, subject = '', text = '' } = await PostalMime.parse(await buffer(stream))
  if (stream.sizeExceeded) throw refusal(552, 'The mail is too large')
  const at = new Date().toISOString()
  for (const { address } of envelope.rcptTo)
    received.add({
      id: `MA${randomUUID().replaceAll('-', '')}`,
      kind: 'mail',
      to: address,
      from: from?.address ?? '',
      subject,
      text,
      at,
    })
}

const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })
