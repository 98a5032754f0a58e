import test, { type ExecutionContext } from 'ava'
import twilio from 'twilio'
import { plainAgent } from '../../src/infra/plain-agent.ts'
import { parseJson } from '../../src/local/files.ts'
import { startInbox, type InboxMessage } from '../../src/local/inbox.ts'

async function openInbox(t: ExecutionContext) {
  const inbox = await startInbox()
  const agent = plainAgent(inbox.url)
  t.teardown(async () => {
    agent.destroy()
    await inbox.stop()
  })
  const httpClient = new twilio.RequestClient()
  httpClient.axios.defaults.httpsAgent = agent
  httpClient.axios.defaults.proxy = false
  const client = twilio(`AC${'0'.repeat(32)}`, 'local', { httpClient })
  const messages = async (query: string) =>
    parseJson<InboxMessage[]>(await (await fetch(`${inbox.url}/local/messages?${query}`)).text())
  return { inbox, client, messages }
}

const ada = { to: '+4915112345678', from: '+15005550006' }

test('a text message of the real twilio client is there as JSON and on the page, escaped', async t => {
  const { inbox, client, messages } = await openInbox(t)
  const heard = messages('to=%2B4915112345678&waitMs=10000')
  const sent = await client.messages.create({ ...ada, body: `<script>alert("1")</script> & 'ä'` })
  t.like(await heard, [{ id: sent.sid, kind: 'sms', ...ada, text: `<script>alert("1")</script> & 'ä'` }])

  const page = await fetch(inbox.url)
  const html = await page.text()
  t.true(html.includes('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;ä&#39;'))
  t.false(html.includes('<script'))
  t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
})

test('a wrong number, sender or body is refused with the code of Twilio', async t => {
  const { client, messages } = await openInbox(t)
  await t.throwsAsync(client.messages.create({ ...ada, to: '12345', body: 'x' }), { code: 21211 })
  await t.throwsAsync(client.messages.create({ to: ada.to, body: 'x' }), { code: 21603 })
  await t.throwsAsync(client.messages.create(ada), { code: 21602 })
  t.deepEqual(await messages(''), [])
})

test('a page that points its own name at this machine reads nothing', async t => {
  const { inbox } = await openInbox(t)
  const { get } = await import('node:http')
  const status = await new Promise(resolve => {
    get(`${inbox.url}/local/messages`, { headers: { host: 'evil.test' } }, res => resolve(res.resume().statusCode))
  })
  t.is(status, 421)
})
