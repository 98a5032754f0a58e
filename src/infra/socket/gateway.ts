/** The one place that knows Socket.IO's server. */
import type { Server as HttpServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import type { Redis } from 'ioredis'
import { Server, type Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { asFailure, dispatch, type Caller } from '../../kernel/dispatch.ts'
import { TooFast } from '../../kernel/failure.ts'
import { addressOf } from '../http/address.ts'
import { createGate, type Gate, type GateOptions } from '../log/gate.ts'
import type { History } from '../log/history.ts'
import type { LogKeys } from '../log/keys.ts'
import type { IsLive } from './admission.ts'
import { identify, type Identity } from './handshake.ts'
import { join } from './join.ts'
import { applyControl, seatOf, type SocketData } from './seat.ts'

const FRAME_BYTES = 64 * 1024
const JOINS_AT_ONCE = 32
const WAITING_MAX = 100
const CURSOR_EVERY_MS = 20_000

export interface GatewayOptions {
  readonly http: HttpServer
  readonly app: App
  readonly redis: Redis
  readonly sub: Redis
  readonly keys: LogKeys
  readonly history: History
  readonly isLive: IsLive
  /** The exact origins of web apps that may connect. Apps that are no web pages send none. */
  readonly origins: readonly string[]
  readonly trustedHops: number
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
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    allowEIO3: false,
    perMessageDeflate: false,
    cookie: false,
    maxHttpBufferSize: FRAME_BYTES,
    connectTimeout: 5000,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    allowRequest: (request, answer) => {
      const { origin } = request.headers
      answer(null, origin === undefined || origins.includes(origin))
    },
  })
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
  await gate.start()

  io.use((socket, next) => {
    identify(app.ports.tokens, socket.handshake.auth).then(
      identity => {
        socket.data = { actor: identity.actor, open: new Map(), identity } satisfies SocketData & { identity: Identity }
        socket.handshake.auth = {} // the token has done its work and must not travel further
        next()
      },
      error => next(refusal(asFailure(app, error, { at: 'handshake' }))),
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
    answerPackets(app, socket, caller)
    admission(() => join({ app, gate, history, isLive: options.isLive }, socket, identity)).catch(err => {
      app.logger.warn({ err }, 'a socket could not join')
      comeBack(socket)
    })
  })

  const cursors = setInterval(() => io.local.emit('log:cursor', `${gate.epoch()}:${gate.applied()}`), CURSOR_EVERY_MS)
  return {
    gate,
    sockets: () => io.of('/').sockets.size,
    async [Symbol.asyncDispose]() {
      clearInterval(cursors)
      io.of('/').sockets.forEach(comeBack)
      await gate[Symbol.asyncDispose]()
      await io.close()
    },
  }
}

/** Closes the connection in a way after which the client connects again, here or elsewhere. */
const comeBack = (socket: Socket) => socket.conn.close()

const refusal = (failure: ReturnType<typeof asFailure>) =>
  Object.assign(new Error(failure.message), { data: failure.toWire() })

/**
 * Answers every packet by dispatch. It sits before Socket.IO's own emitter and lets nothing through to it, so no event
 * name means anything there. The commands of one socket run one after another, in the order they were sent.
 */
function answerPackets(app: App, socket: Socket, caller: Caller) {
  let last = Promise.resolve()
  let waiting = 0
  socket.use(([name, ...args]: unknown[]) => {
    const reply = args.at(-1)
    const acknowledge = (ack: object) => {
      if (typeof reply === 'function') reply(ack)
    }
    if (waiting >= WAITING_MAX) return acknowledge({ ok: false, error: TooFast({ retryAfterMs: 1000 }).toWire() })
    waiting += 1
    const input = typeof args[0] === 'function' ? undefined : args[0]
    last = last
      .then(() => dispatch(app, caller, String(name), input))
      .then(acknowledge)
      .catch(err => app.logger.error({ err }, 'an ack could not be sent'))
      .finally(() => (waiting -= 1))
  })
  socket.on('error', err => app.logger.warn({ err }, 'socket error'))
}

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
