import test, { type ExecutionContext } from 'ava'
import { once } from 'node:events'
import { connect } from 'node:net'
import { smtpMail } from '../../src/infra/mail/index.ts'
import { startInbox, type InboxMessage } from '../../src/local/inbox.ts'
import { createJournal } from '../../src/local/journal.ts'
import { startMail } from '../../src/local/mail.ts'

async function openMail(t: ExecutionContext) {
  const received = createJournal<InboxMessage>()
  const server = await startMail({ received })
  const inbox = await startInbox({ received })
  t.teardown(async () => {
    await server.stop()
    await inbox.stop()
  })
  const mail = smtpMail({ url: server.url, from: 'Kith <hello@kith.example>', requireTls: false })
  return { server, inbox, mail, received: () => received.find(() => true) }
}

test('a mail of the real client is there as JSON and on the page, newest first and escaped', async t => {
  const { inbox, mail } = await openMail(t)
  const heard = fetch(`${inbox.url}/local/messages?to=ada%40kith.example&waitMs=10000`)
  await mail.send({ to: 'ada@kith.example', subject: 'Welcome 👋', text: 'Grüße & <b>Küsse</b>\n.\nfrom Kith' })
  t.like(await (await heard).json(), [
    {
      kind: 'mail',
      to: 'ada@kith.example',
      from: 'hello@kith.example',
      subject: 'Welcome 👋',
      text: 'Grüße & <b>Küsse</b>\n.\nfrom Kith\n',
    },
  ])

  await mail.send({ to: 'bob@kith.example', subject: 'Second', text: 'Hello' })
  const page = await (await fetch(inbox.url)).text()
  t.regex(page, /Mail to <b>bob@kith.example<\/b>[^]*Second[^]*Welcome 👋[^]*&lt;b&gt;Küsse/)
})

test('mail below .invalid is refused, and the next one is taken', async t => {
  const { mail, received } = await openMail(t)
  await t.throwsAsync(mail.send({ to: 'ada@nowhere.invalid', subject: 'Hello', text: 'Hello' }), { message: /550/ })
  await mail.send({ to: 'ada@kith.example', subject: 'Hello', text: 'Hello' })
  t.deepEqual(
    received().map(({ to }) => to),
    ['ada@kith.example'],
  )
})

test('a web page that posts to the mail server is not heard', async t => {
  const { server, received } = await openMail(t)
  const socket = connect(server.port, '127.0.0.1')
  socket.write(
    'POST / HTTP/1.1\r\n\r\nEHLO x\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n\r\nHello\r\n.\r\n',
  )
  await once(socket.resume(), 'close')
  t.deepEqual(received(), [])
})

test('a port that is taken is exchanged for a free one', async t => {
  const { server } = await openMail(t)
  const second = await startMail({ received: createJournal(), port: server.port })
  t.not(second.port, server.port)
  await second.stop()
})
