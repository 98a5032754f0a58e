import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { createClient, memoryStore, type Tokens } from '../../client/index.ts'

const tokens = {
  userId: crypto.randomUUID(),
  sessionId: crypto.randomUUID(),
  accessToken: 'old',
  accessExpiresAt: new Date(0).toISOString(),
  refreshToken: 'old',
} as unknown as Tokens

/** A server that is there and can do nothing. */
async function brokenServer(onRequest: () => void) {
  const server = createServer((_, response) => {
    onRequest()
    response
      .writeHead(500)
      .end('{"ok":false,"error":{"code":"internal","reason":"unavailable","message":"","retry":true}}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

test('a client whose token cannot be refreshed comes back after longer and longer pauses', async t => {
  let requests = 0
  const fourth = Promise.withResolvers<void>()
  const server = await brokenServer(() => {
    requests += 1
    if (requests === 4) fourth.resolve()
  })
  t.teardown(server.close)
  const store = memoryStore()
  await store.save(tokens)
  const client = createClient({ url: server.url, store })
  t.teardown(() => client.close())
  const started = performance.now()
  void client.connect()
  await fourth.promise
  // Three pauses of up to 0.5, 1 and 2 s at random; without any, this takes a few milliseconds.
  t.true(performance.now() - started > 50)
})

test('signing out forgets the tokens even when the server cannot be told', async t => {
  const server = await brokenServer(() => undefined)
  t.teardown(server.close)
  const store = memoryStore()
  await store.save(tokens)
  const client = createClient({ url: server.url, store })
  await t.throwsAsync(client.signOut())
  t.is(await store.load(), null)
})
