import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { Server, type Socket } from 'socket.io'
import { createBackOff, LOST_MS, SENT_AWAY_MS } from '../../client/back-off.ts'
import { createClient, memoryStore, type Closing, type Ready, type Tokens } from '../../client/index.ts'

const tokens = {
  userId: crypto.randomUUID(),
  sessionId: crypto.randomUUID(),
  accessToken: 'good',
  accessExpiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  refreshToken: 'good',
} as unknown as Tokens

const READY: Ready = { recovered: false, reason: 'amount', cursor: `${'0'.repeat(32)}:5` }

/** A server that does with every socket what it is told to. */
async function serverThat(act: (socket: Socket) => void) {
  const http = createServer()
  const io = new Server(http, { transports: ['websocket'] })
  const connects: number[] = []
  io.on('connection', socket => {
    connects.push(performance.now())
    act(socket)
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, connects, close: () => io.close() }
}

async function clientOf(url: string) {
  const store = memoryStore()
  await store.save(tokens)
  return createClient({ url, store })
}

test('the wait is anything between nothing and a limit that doubles up to a minute', t => {
  for (const within of [LOST_MS, SENT_AWAY_MS]) {
    const longest = createBackOff(() => 1)
    const waits = Array.from({ length: 9 }, () => longest.wait({ within }))
    t.deepEqual(
      waits,
      Array.from({ length: 9 }, (_, i) => Math.min(60_000, within * 2 ** i)),
    )
    const shortest = createBackOff(() => 0)
    for (let i = 0; i < 9; i++) t.is(shortest.wait({ within }), 0)
    longest.progress()
    t.is(longest.wait({ within }), within)
  }
})

test('the server’s word counts, and less and less when it leads nowhere', t => {
  const backOff = createBackOff(() => 0.5)
  const waits = Array.from({ length: 5 }, () => backOff.wait({ within: SENT_AWAY_MS, told: 100 }))
  t.deepEqual(waits, [100, 100, 100, 100 + 20_000, 100 + 30_000])
  backOff.progress()
  t.is(backOff.wait({ within: SENT_AWAY_MS, told: 100 }), 100)
  t.is(createBackOff(() => 0).wait({ within: LOST_MS, atLeast: 700 }), 700)
})

test('a client that is let in and sent away again and again, and has to read afresh each time, never spins', async t => {
  const server = await serverThat(socket => {
    socket.emit('log:ready', READY)
    socket.emit('socket:closing', { reason: 'reset', afterMs: 0 } satisfies Closing)
    socket.conn.close()
  })
  t.teardown(server.close)
  const client = await clientOf(server.url)
  t.teardown(client.close)
  await client.connect()
  await new Promise(resolve => setTimeout(resolve, 4000))
  // Three times as it is told, then within at most 40, 60 and 60 s at random.
  t.true(server.connects.length >= 4 && server.connects.length <= 8, String(server.connects.length))
})

test('a client that is sent away comes back when it was told to', async t => {
  const server = await serverThat(socket => {
    socket.emit('log:ready', READY)
    if (server.connects.length > 1) return
    socket.emit('socket:closing', { reason: 'drained', afterMs: 1200 } satisfies Closing)
    socket.conn.close()
  })
  t.teardown(server.close)
  const client = await clientOf(server.url)
  t.teardown(client.close)
  await client.connect()
  await new Promise<void>(resolve => client.onReady(() => resolve()))
  const [first = 0, second = 0] = server.connects
  t.true(second - first > 1150 && second - first < 2200, String(second - first))
})

test('a client that is displaced stays away until it is asked to connect', async t => {
  const server = await serverThat(socket => {
    socket.emit('log:ready', READY)
    if (server.connects.length > 1) return
    socket.emit('socket:closing', { reason: 'displaced', afterMs: null } satisfies Closing)
    socket.disconnect(true)
  })
  t.teardown(server.close)
  const client = await clientOf(server.url)
  t.teardown(client.close)
  const ended: string[] = []
  const over = new Promise<void>(resolve =>
    client.onEnded(reason => {
      ended.push(reason)
      resolve()
    }),
  )
  await client.connect()
  await over
  await new Promise(resolve => setTimeout(resolve, 1500))
  t.is(server.connects.length, 1)
  await client.connect()
  t.deepEqual(ended, ['displaced'])
})
