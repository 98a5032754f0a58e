import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import anyTest from 'ava'
import { createClient, memoryStore } from '../../client/index.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** A way to a server that can be told to keep what comes back, and to deliver it in one piece when the server hangs up. */
async function slowWay(target: string) {
  const { hostname, port } = new URL(target)
  const way = { url: '', keeps: false }
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname)
    const kept: Buffer[] = []
    client.pipe(upstream)
    upstream.on('data', (piece: Buffer) => (way.keeps ? kept.push(piece) : client.write(piece)))
    upstream.on('end', () => client.end(Buffer.concat(kept)))
    for (const end of [client, upstream]) end.on('error', () => undefined) // the other end tells
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  way.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { way, close: () => server.close() }
}

test('an answer that arrives together with the end of the session is heard', async t => {
  const [ada] = await t.context.cast('Ada')
  const { way, close } = await slowWay(t.context.urls[1])
  t.teardown(close)
  const store = memoryStore()
  await store.save(await ada.client.auth.tokens())
  const phone = createClient({ url: way.url, store })
  t.teardown(() => phone.close())
  await phone.connect()
  const ended = new Promise<string>(resolve => phone.onEnded(resolve))
  way.keeps = true
  t.deepEqual(await phone.call('account:delete', {}), {})
  t.is(await ended, 'deleted')
})
