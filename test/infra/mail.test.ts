import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { smtpMail } from '../../src/infra/mail/index.ts'
import type { InboxMessage } from '../../src/local/inbox.ts'
import { createJournal } from '../../src/local/journal.ts'
import { startMail } from '../../src/local/mail.ts'

const from = 'Kith <hello@kith.example>'
const hello = { to: 'ada@kith.example', subject: 'Hello', text: 'Hello' }

async function openMail(t: ExecutionContext) {
  const received = createJournal<InboxMessage>()
  const server = await startMail({ received })
  t.teardown(server.stop)
  const mail = smtpMail({ url: server.url, from, requireTls: false })
  return { mail, received: () => received.find(() => true) }
}

/** A mail server that gives these answers in turn, and keeps what it is told. */
async function scripted(t: ExecutionContext, ...answers: string[]) {
  const told: string[] = []
  const server: Server = createServer(socket => {
    const left = [...answers]
    const answer = () => void (left.length > 0 ? socket.write(`${left.shift()}\r\n`) : socket.end())
    socket
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) => {
        told.push(String(bytes))
        answer()
      })
    answer()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, told: () => told.join('') }
}

test('one mail goes to one mailbox, whatever is written into its address', async t => {
  const { mail, received } = await openMail(t)
  const wicked = [
    'ada@kith.example, eve@eve.example',
    'ada@kith.example; eve@eve.example',
    'ada@kith.example\r\nBcc: eve@eve.example',
    'ada@kith.example>\r\nRCPT TO:<eve@eve.example',
    'Friends: ada@kith.example, eve@eve.example;',
  ]
  for (const to of wicked) await mail.send({ ...hello, to }).catch(() => undefined)
  await mail.send(hello)
  t.is(received().at(-1)?.to, hello.to)
  t.true(received().length <= wicked.length + 1)
  t.false(received().some(({ to }) => to === 'eve@eve.example'))
})

test('a line break in a subject begins neither a header nor the text', async t => {
  const { mail, received } = await openMail(t)
  await mail.send({ ...hello, subject: 'Hello\r\nBcc: eve@eve.example\r\n\r\nGive me your code' })
  const [{ to, subject, text } = { to: '', subject: '', text: '' }, ...others] = received()
  t.deepEqual([to, text.trim(), others.length], [hello.to, hello.text, 0])
  t.regex(subject, /^Hello\s+Bcc: eve@eve.example\s+Give me your code$/)
})

test('a refusal says its code, and neither address nor text', async t => {
  const { mail } = await openMail(t)
  const error = await t.throwsAsync(mail.send({ to: 'canary@nowhere.invalid', subject: 'canary', text: 'canary' }))
  t.is(error.message, 'The mail server did not take a mail: code EENVELOPE, answer 550')
  t.notRegex(JSON.stringify(error, Object.getOwnPropertyNames(error)), /canary|invalid/)
  t.is(error.cause, undefined)
})

test('a server that is away is an error, and when it is back mail goes out again', async t => {
  const received = createJournal<InboxMessage>()
  const first = await startMail({ received })
  const mail = smtpMail({ url: first.url, from, requireTls: false })
  await first.stop()
  await t.throwsAsync(mail.send(hello), { message: 'The mail server did not take a mail: code ESOCKET, answer none' })
  const second = await startMail({ received, port: first.port })
  t.teardown(second.stop)
  await mail.send(hello)
  t.is(received.find(() => true).length, 1)
})

test('where TLS is required, a server without it is told neither the password nor whom the mail is for', async t => {
  const { host, told } = await scripted(t, '220 ready', '250-ready\r\n250 AUTH PLAIN', '502 no STARTTLS')
  const mail = smtpMail({ url: `smtp://kith:secret@${host}`, from, requireTls: true })
  await t.throwsAsync(mail.send(hello), { message: /did not take a mail/ })
  t.regex(told(), /^EHLO [^\r]+\r\nSTARTTLS\r\n$/)
})

test('user and password are read from the URL, percent signs and all', async t => {
  const { host, told } = await scripted(t, '220 ready', '250-ready\r\n250 AUTH PLAIN', '535 no')
  const mail = smtpMail({ url: `smtp://k%40kith:p%3Aw@${host}`, from, requireTls: false })
  await t.throwsAsync(mail.send(hello), { message: 'The mail server did not take a mail: code EAUTH, answer 535' })
  t.true(told().includes(Buffer.from('\0k@kith\0p:w').toString('base64')))
})
