/** The one place that knows Socket.IO's server. */
import type { Server as HttpServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import type { Redis } from 'ioredis'
import { Server, type Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { asFailure, type Caller } from '../../kernel/dispatch.ts'
import { TooFast, type Failure } from '../../kernel/failure.ts'
import { perMinute } from '../../kernel/limit.ts'
import { deviceRoom } from '../../kernel/room.ts'
import { addressOf } from '../http/address.ts'
import { createGate, type Gate, type GateOptions } from '../log/gate.ts'
import type { History } from '../log/history.ts'
import type { LogKeys } from '../log/keys.ts'
import type { LiveSession } from './admission.ts'
import { createGuard, dismiss, STRANGER_MS } from './guard.ts'
import { identify, type Identity } from './handshake.ts'
import { join } from './join.ts'
import { answerPackets } from './packets.ts'
import { watchPresence, type PresenceHook } from './presence.ts'
import { Position, tell } from './signals.ts'
import { applyControl, SEATED, seatOf, type SocketData } from './seat.ts'

const FRAME_BYTES = 64 * 1024
const JOINS_AT_ONCE = 32
const CONNECTS = perMinute(300)
/** Sockets of one person on this node; the oldest makes way. */
const SOCKETS_MAX = 50
const CURSOR_EVERY_MS = 20_000
/** How long a request under way may still take when the server closes. */
const CLOSE_MS = 2000

export interface GatewayOptions {
  readonly http: HttpServer
  readonly app: App
  readonly redis: Redis
  readonly sub: Redis
  readonly keys: LogKeys
  readonly history: History
  readonly liveSession: LiveSession
  readonly presence: PresenceHook
  /** The exact origins of web apps that may connect. Apps that are no web pages send none. */
  readonly origins: readonly string[]
  readonly trustedHops: number
  /** Multiplies what one address may have. */
  readonly limitScale: number
  readonly observe: GateOptions['observe']
}

export interface Gateway extends AsyncDisposable {
  readonly gate: Gate
  /** How many sockets are connected to this node. */
  sockets(): number
}

/** Serves Socket.IO on `http`: websocket only, every frame through dispatch, every durable event through the gate. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { app, http, origins, keys, history, trustedHops } = options
  const guard = createGuard(options.limitScale)
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    allowEIO3: false,
    perMessageDeflate: false,
    cookie: false,
    maxHttpBufferSize: FRAME_BYTES,
    connectTimeout: STRANGER_MS,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    destroyUpgrade: false,
    allowRequest: (request, answer) => {
      const { origin } = request.headers
      const isWelcome = origin === undefined || origins.includes(origin)
      answer(null, isWelcome && guard.hasRoomFor(addressOf(request, trustedHops)))
    },
  })
  http.on('upgrade', (request, socket) => {
    if (!request.url?.startsWith(`${io.path()}/`)) socket.destroy() // nobody else looks after it, not even a timeout
  })
  io.engine.on('connection', (conn: Socket['conn']) => guard.watch(conn, addressOf(conn.request, trustedHops)))
  const gate = createGate({
    sub: options.sub,
    history,
    keys,
    logger: app.logger,
    onControl: entry => applyControl(io, entry),
    onNewEpoch: () => io.of('/').sockets.forEach(comeBack),
    observe: options.observe,
  })
  io.adapter(createAdapter(forgiving(options.redis), gate.subscriber, { key: keys.adapter }))
  watchPresence(io, options.presence)
  await gate.start()

  io.use((socket, next) => {
    const { conn } = socket
    if (!guard.begins(conn)) {
      dismiss(conn)
      return next(new Error('One handshake at a time'))
    }
    admitted(app, socket).then(
      identity => {
        guard.ends(conn, true)
        socket.data = { actor: identity.actor, open: new Map(), identity } satisfies SocketData & { identity: Identity }
        socket.handshake.auth = {} // the token has done its work and must not travel further
        next()
      },
      error => {
        guard.ends(conn, false)
        next(rejection(asFailure(app, error, { at: 'handshake' })))
      },
    )
  })

  const admission = turnstile(JOINS_AT_ONCE)
  io.on('connection', (socket: Socket) => {
    const { identity } = socket.data as { identity: Identity }
    const caller: Caller = {
      actor: identity.actor,
      address: addressOf(socket.request, trustedHops),
      seat: seatOf(app, gate, socket),
    }
    // A socket speaks for no longer than its token; the client comes back with a new one.
    const expiry = setTimeout(comeBack, identity.expiresAt * 1000 - Date.now(), socket)
    socket.on('disconnect', () => {
      clearTimeout(expiry)
      comeBack(socket) // a client that leaves Socket.IO leaves the connection as well
    })
    const joined = admission(async () => {
      if (!socket.connected) return
      await join({ app, gate, history, liveSession: options.liveSession }, socket, identity)
      const [oldest = '', ...others] = io.of('/').adapter.rooms.get(deviceRoom(identity.actor.id)) ?? []
      if (others.length >= SOCKETS_MAX) io.of('/').sockets.get(oldest)?.disconnect(true)
    }).catch((err: unknown) => {
      app.logger.warn({ err }, 'a socket could not join')
      comeBack(socket)
    })
    answerPackets(app, socket, caller, joined)
  })

  // Only to those who have had what they missed: it would tell the others that they have.
  const tellCursor = () => tell(io.local.to(SEATED), Position, `${gate.epoch()}:${gate.applied()}`)
  const cursors = setInterval(tellCursor, CURSOR_EVERY_MS)
  return {
    gate,
    sockets: () => io.of('/').sockets.size,
    async [Symbol.asyncDispose]() {
      clearInterval(cursors)
      io.of('/').sockets.forEach(comeBack)
      await gate[Symbol.asyncDispose]()
      const closed = io.close()
      const late = setTimeout(() => http.closeAllConnections(), CLOSE_MS)
      await closed
      clearTimeout(late)
    },
  }
}

const comeBack = (socket: Socket) => dismiss(socket.conn)

/** Who connects; a failure when they may not, or do so too often. */
async function admitted(app: App, { handshake }: Socket): Promise<Identity> {
  const identity = await identify(app.ports.tokens, handshake.auth)
  const retryAfterMs = await app.spend(`socket:connect:${identity.actor.id}`, CONNECTS, 'share')
  if (retryAfterMs > 0) throw TooFast({ retryAfterMs })
  return identity
}

const rejection = (failure: Failure) => Object.assign(new Error(failure.message), { data: failure.toWire() })

/** Lets `width` works run at once; others wait their turn in order. */
function turnstile(width: number) {
  const queue: (() => void)[] = []
  let inside = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (inside >= width) await new Promise<void>(resolve => queue.push(resolve))
    else inside += 1
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else inside -= 1
    }
  }
}

/** The adapter drops the promises of `publish`; a refusal while Redis is away must not end the process. */
const forgiving = (redis: Redis) =>
  new Proxy(redis, {
    get(target, key) {
      if (key === 'publish')
        return (channel: string, message: Buffer) => target.publish(channel, message).catch(() => 0)
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
