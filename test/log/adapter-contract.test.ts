/**
 * What src/infra/log relies on in @socket.io/redis-adapter, which stays unmodified. When a new version of it fails
 * here, the log must change before the version may.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import anyTest, { type TestFn } from 'ava'
import { createAdapter } from '@socket.io/redis-adapter'
import { decode, encode } from 'notepack.io'
import { Server } from 'socket.io'
import { io as connect, type Socket } from 'socket.io-client'
import { ephemeralPacket, packetOf, readPacket, type EntryRow, type Letter } from '../../src/infra/log/entry.ts'
import { createGate, type Gate } from '../../src/infra/log/gate.ts'
import type { History } from '../../src/infra/log/history.ts'
import { logKeys } from '../../src/infra/log/keys.ts'
import { fakeRedis, type FakeRedis } from '../support/fake-redis.ts'

const VERSION = '8.3.0'
const keys = logKeys('contract')

interface Node extends AsyncDisposable {
  readonly io: Server
  readonly gate: Gate
  /** The connection the gate hears on. */
  readonly sub: FakeRedis
  /** The connection the adapter publishes on. */
  readonly pub: FakeRedis
  readonly errors: object[]
  /** The members of the gate's subscriber that the adapter has asked for. */
  readonly asked: Set<string>
  /** Connects somebody who sits in these rooms, and keeps what they hear. */
  seat(...rooms: string[]): Promise<{ socket: Socket; heard: unknown[][] }>
  /** Lets an entry into the log as Redis brings it, at the next position; answers its packet. */
  deliver(entry: Partial<EntryRow>): ReturnType<typeof packetOf>
}

const rowOf = (row: Partial<EntryRow>): EntryRow => ({
  pos: 1,
  kind: 'event',
  name: 'post:created',
  payload: '{"id":1}',
  rooms: [],
  excluded: [],
  ...row,
})

/** One web node as the gateway builds it: an unmodified adapter whose subscriber is the gate's. */
async function openNode(): Promise<Node> {
  const [sub, pub, errors, asked] = [fakeRedis(), fakeRedis(), [] as object[], new Set<string>()]
  const log = (about: object) => void errors.push(about)
  const gate = createGate({
    sub: sub.redis,
    history: { head: async () => ({ epoch: 'e', pos: 0 }), upTo: async () => [] } as Partial<History> as History,
    keys,
    logger: { info: log, warn: log, error: log },
    onControl: () => undefined,
    onNewEpoch: () => undefined,
    observe: () => undefined,
  })
  const watched = new Proxy(gate.subscriber, {
    get(target, key) {
      asked.add(String(key))
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const io = new Server(http, { transports: ['websocket'] })
  io.adapter(createAdapter(pub, watched, { key: keys.adapter }))
  await gate.start()

  const sockets: Socket[] = []
  let pos = 0
  return {
    io,
    gate,
    sub,
    pub,
    errors,
    asked,
    async seat(...rooms) {
      const { port } = http.address() as AddressInfo
      const socket = connect(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true })
      sockets.push(socket)
      const heard: unknown[][] = []
      socket.onAny((...args: unknown[]) => heard.push(args))
      await once(socket as never, 'connect')
      await io.sockets.sockets.get(socket.id ?? '')?.join([...rooms, 'everybody'])
      return { socket, heard }
    },
    deliver(entry) {
      const packet = packetOf(rowOf({ ...entry, pos: ++pos }))
      sub.emit('pmessageBuffer', `${keys.adapter}#/#*`, Buffer.from(keys.channelOf(packet.room)), packet.message)
      return packet
    },
    async [Symbol.asyncDispose]() {
      sockets.forEach(socket => socket.disconnect())
      await gate[Symbol.asyncDispose]()
      await io.close()
    },
  }
}

const test = anyTest as TestFn<Node>
test.beforeEach(async t => {
  t.context = await openNode()
})
test.afterEach.always(t => t.context[Symbol.asyncDispose]())

/** All that these people have heard up to now; a last event for everybody shows that nothing else is under way. */
async function heardBy(node: Node, ...people: { socket: Socket; heard: unknown[][] }[]) {
  const marked = people.map(({ socket }) => once(socket as never, 'test:mark'))
  node.deliver({ name: 'test:mark', rooms: ['everybody'] })
  await Promise.all(marked)
  return people.map(({ heard }) => heard.filter(([name]) => name !== 'test:mark'))
}

test('the version is the one this was read from', t => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
  const installed = JSON.parse(readFileSync('node_modules/@socket.io/redis-adapter/package.json', 'utf8')) as {
    version: string
  }
  t.is(dependencies['@socket.io/redis-adapter'], VERSION)
  t.is(installed.version, VERSION)
})

test('of its subscriber the adapter asks what the gate offers, and nothing more', async t => {
  const { io, asked, sub } = t.context
  const { socket } = await t.context.seat('user:1')
  t.true(sub.subscribed.has(`${keys.adapter}#/#*`))
  io.to('user:1').except('user:2').emit('x', 1)
  await io.sockets.sockets.get(socket.id ?? '')?.leave('user:1')
  const adapter = io.of('/').adapter
  await adapter.close()
  t.deepEqual([...asked].toSorted(), ['off', 'on', 'psubscribe', 'punsubscribe', 'subscribe', 'unsubscribe'])
  t.false(sub.subscribed.has(`${keys.adapter}#/#*`))
})

test('our packets have the channel and the fields of the adapter’s own', t => {
  const { io, pub } = t.context
  const cases = [
    { rooms: ['user:1'], excluded: [] },
    { rooms: ['user:1', 'user:2'], excluded: ['hidden:3'] },
  ]
  for (const { rooms, excluded } of cases) {
    io.to(rooms).except(excluded).emit('post:created', { id: 1 }, 7)
    const theirs = pub.published.pop()
    const ours = packetOf(rowOf({ pos: 7, rooms, excluded }))
    t.is(theirs?.channel, keys.channelOf(ours.room))
    t.is(keys.roomOf(theirs?.channel ?? ''), ours.room)
    const [[uid, packet, opts], [ourUid, ourPacket, ourOpts]] = [theirs?.message, ours.message].map(
      message => decode(message as Buffer) as [string, object, { flags: object }],
    ) as [[string, object, object], [string, object, object]]
    t.is(uid.length, 6)
    t.is(ourUid.length, 17)
    t.deepEqual(ourPacket, packet)
    t.deepEqual(ourOpts, { flags: {}, ...opts })
  }
})

test('a packet of ours reaches the people in the room with its position, and not those who are hidden', async t => {
  const node = t.context
  const [ada, bob, eve] = [await node.seat('friends:1'), await node.seat('friends:1', 'hidden:9'), await node.seat()]
  node.deliver({ rooms: ['friends:1'], excluded: ['hidden:9'] })
  node.deliver({ rooms: ['friends:1', 'friends:2'], payload: '{"id":2}' })
  t.deepEqual(await heardBy(node, ada, bob, eve), [
    [
      ['post:created', { id: 1 }, 1],
      ['post:created', { id: 2 }, 2],
    ],
    [['post:created', { id: 2 }, 2]],
    [],
  ])
  t.deepEqual(node.errors, [])
})

test('somebody in several of the rooms hears it once', async t => {
  const node = t.context
  const ada = await node.seat('friends:1', 'post:1')
  node.deliver({ rooms: ['friends:1', 'post:1'] })
  const [heard] = await heardBy(node, ada)
  t.is(heard?.length, 1)
})

test('control entries and facts reach nobody', async t => {
  const node = t.context
  const ada = await node.seat('user:1')
  for (const kind of ['control', 'fact', 'job'] as const) node.deliver({ kind, rooms: ['user:1'] })
  t.deepEqual(await heardBy(node, ada), [[]])
  t.is(node.gate.applied(), 4)
})

/** A packet of the log whose inside cannot be decoded. */
function damaged(row: Partial<EntryRow>) {
  const packet = packetOf(rowOf(row))
  return { ...packet, message: Buffer.concat([packet.message.subarray(0, 19), Buffer.from([0xc1])]) }
}

test('a packet for a room nobody sits in is not even decoded', async t => {
  const node = t.context
  const ada = await node.seat('friends:1')
  const bring = (row: Partial<EntryRow>) => {
    const { room, message } = damaged(row)
    node.sub.emit('pmessageBuffer', '', Buffer.from(keys.channelOf(room)), message)
  }
  bring({ pos: 1, rooms: ['friends:2'] })
  t.is(node.errors.length, 0)
  t.is(node.gate.applied(), 1)
  bring({ pos: 2, rooms: ['friends:1'] })
  t.is(node.errors.length, 1)
  t.is(node.gate.applied(), 2)
  t.deepEqual(ada.heard, [])
})

test('an event for no room reaches nobody, though the adapter takes a lack of rooms for everybody', async t => {
  const node = t.context
  const ada = await node.seat()
  const theirs = ['theirs', { type: 2, nsp: '/', data: ['x', {}] }, { rooms: [], except: [], flags: {} }]
  node.sub.emit('pmessageBuffer', '', Buffer.from(keys.channelOf('')), encode(theirs))
  node.deliver({ rooms: [] })
  t.deepEqual(await heardBy(node, ada), [[['x', {}]]])
})

test('an ephemeral event reaches its rooms on every node, without a position, less those it is not for', async t => {
  const node = t.context
  const [ada, bob, eve] = [await node.seat('post:1'), await node.seat('post:1', 'hidden:9'), await node.seat('post:2')]
  for (const rooms of [['post:1'], ['post:1', 'post:3']]) {
    const { room, message } = ephemeralPacket({ name: 'x', payload: { n: 1 }, rooms, except: ['hidden:9'] })
    t.is(readPacket(room, message), null)
    node.sub.emit('pmessageBuffer', '', Buffer.from(keys.channelOf(room)), message)
  }
  t.deepEqual(await heardBy(node, ada, bob, eve), [
    [
      ['x', { n: 1 }, null],
      ['x', { n: 1 }, null],
    ],
    [],
    [],
  ])
})

test('a message of the adapter is never taken for one of the log', t => {
  const { io, gate } = t.context
  for (let i = 0; i < 50; i++) {
    const pub = fakeRedis()
    const adapter = createAdapter(pub, gate.subscriber, { key: keys.adapter })(io.of('/'))
    for (const rooms of [[], ['user:1'], ['user:1', 'user:2']])
      adapter.broadcast({ type: 2, data: ['x', 1] }, { rooms: new Set(rooms), except: new Set() })
    t.is(pub.published.length, 3)
    for (const { channel, message } of pub.published) t.is(readPacket(keys.roomOf(channel), message), null)
    void adapter.close()
  }
})

test('the kind and the position of every entry are read from its first 19 bytes', t => {
  const cases: [Partial<EntryRow>, Letter][] = [
    [{ kind: 'event', rooms: ['user:1'] }, 'E'],
    [{ kind: 'event', rooms: ['user:1', 'user:2'] }, 'E'],
    [{ kind: 'event', rooms: [] }, 'N'],
    [{ kind: 'control' }, 'C'],
    [{ kind: 'fact' }, 'N'],
    [{ kind: 'job' }, 'N'],
    [{ kind: 'redacted', rooms: [] }, 'N'],
    [{ kind: 'redaction', rooms: [], payload: '[1]' }, 'R'],
  ]
  for (const [row, letter] of cases)
    for (const pos of [0, 1, 4_294_967_296, Number.MAX_SAFE_INTEGER]) {
      const packet = packetOf(rowOf({ ...row, pos }))
      const message = packet.message.subarray(0, 19)
      t.deepEqual(readPacket(packet.room, message), { pos, letter, room: packet.room, message })
      t.deepEqual(readPacket(packet.room, packet.message), packet)
    }
})
