/** The one place that knows Socket.IO's server. */
import { randomUUID } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import type { Redis } from 'ioredis'
import { Server, type Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { deviceRoom } from '../../kernel/room.ts'
import { addressOf } from '../http/address.ts'
import { createGate, type Gate, type GateOptions } from '../log/gate.ts'
import type { History } from '../log/history.ts'
import type { LogKeys } from '../log/keys.ts'
import { gatedAdapter } from './adapter.ts'
import { admission, type LiveSession } from './admission.ts'
import { dismiss, leavePingsUnanswered, type Connection } from './connection.ts'
import { createCooldown } from './cooldown.ts'
import { putDoor, type Refusal } from './door.ts'
import { watchExpiry } from './expiry.ts'
import { createFarewells, type Visitor } from './farewell.ts'
import { createFloodgate } from './flood.ts'
import { createGuard, STRANGER_MS } from './guard.ts'
import { admitted, rejection, type Identity } from './handshake.ts'
import { join } from './join.ts'
import { answerPackets } from './packets.ts'
import { watchPresence, type PresenceHook } from './presence.ts'
import { Position, tell, type Closing, type Ready } from './signals.ts'
import { applyControl, SEATED, seatOf, type SocketData } from './seat.ts'
import { inSlices } from './slices.ts'
import { createTurnstile } from './turnstile.ts'
import { boundUnread } from './unread.ts'

const FRAME_BYTES = 64 * 1024
const JOINS_AT_ONCE = 32
/** Sockets of one person on this node; the oldest makes way. */
const PERSON_SOCKETS_MAX = 10
const CURSOR_EVERY_MS = 20_000
/** The part of its greatest age in which a socket is asked to come back, at a moment of its own. */
const ROTATION = 0.15
/** The part of the time for draining in which sockets are sent away; the rest is for the last answers. */
const DRAINING = 0.9
/** How long a request under way may still take when the server closes. */
const CLOSE_MS = 1000

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
  /** Multiplies what one person or address may have. */
  readonly limitScale: number
  readonly sockets: {
    /** Sockets of this process, and of one address. */
    readonly max: number
    readonly perAddress: number
    /** The greatest age of a socket; 0 when there is none. */
    readonly seconds: number
  }
  readonly observe: Observe
}

/** What is told to whoever measures. */
export interface Observe {
  readonly packets: GateOptions['observe']
  readonly ready: (outcome: Ready['reason']) => void
  readonly joined: (seconds: number) => void
  readonly closed: (reason: Closing['reason'] | 'slow') => void
  readonly refused: (what: Refusal | 'packet') => void
}

export interface Gateway extends AsyncDisposable {
  readonly gate: Gate
  /** How many sockets have signed in on this node, how many connections there are in all, and how many wait to join. */
  sockets(): number
  connections(): number
  waiting(): number
  /** Lets nobody in any more, and sends everybody elsewhere within so many seconds. */
  drain(seconds: number): Promise<void>
}

/** Serves Socket.IO on `http`: websocket only, every frame through dispatch, every durable event through the gate. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { app, http, keys, history, origins, trustedHops, limitScale, sockets, observe } = options
  const guard = createGuard({ scale: limitScale, perAddress: sockets.perAddress })
  const cooldown = createCooldown(options.redis, keys.adapter)
  const { sendAway, sendAwayAfterAck, reset, displace, coolDown } = createFarewells(cooldown, observe.closed)
  const visitors = new Set<Visitor>()
  const senders = new WeakMap<Connection, string>()
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
  })

  const boundPackets = createFloodgate({
    scale: limitScale,
    perAddress: sockets.perAddress,
    onRefused: () => observe.refused('packet'),
    onFlood: showOut,
  })
  const door = putDoor({ http, io, guard, origins, trustedHops, max: sockets.max, onRefused: observe.refused })
  leavePingsUnanswered(io)
  io.engine.on('connection', (conn: Connection) => {
    const address = addressOf(conn.request, trustedHops)
    guard.watch(conn, address)
    const reading = boundUnread(conn, () => observe.closed('slow'))
    senders.set(conn, randomUUID())
    boundPackets(conn, { address, sender: () => senders.get(conn) ?? '', reading })
  })

  /** Whoever floods the server is shown out, on all of their connections. */
  function showOut(conn: Connection) {
    const theirs = [...visitors].filter(({ socket }) => senders.get(socket.conn) === senders.get(conn))
    if (theirs.length === 0) dismiss(conn)
    for (const { socket } of theirs) coolDown(socket)
  }

  const gate = createGate({
    sub: options.sub,
    history,
    keys,
    logger: app.logger,
    onControl(entry) {
      applyControl(io, entry)
      noticeHiding(entry)
    },
    onNewEpoch: () => io.of('/').sockets.forEach(reset),
    observe: observe.packets,
  })
  io.adapter(gatedAdapter(options.redis, gate, keys.adapter))
  const noticeHiding = watchPresence(io, options.presence)
  await gate.start()

  io.use((socket, next) => {
    const { conn } = socket
    if (!guard.begins(conn)) {
      dismiss(conn)
      return next(new Error('One handshake at a time'))
    }
    admitted(app, cooldown, socket).then(
      identity => {
        guard.ends(conn, true)
        senders.set(conn, identity.actor.id)
        socket.data = { actor: identity.actor, open: new Map(), identity } satisfies SocketData & { identity: Identity }
        socket.handshake.auth = {} // the token has done its work and must not travel further
        next()
      },
      error => {
        guard.ends(conn, false)
        next(rejection(app, error))
      },
    )
  })

  const admit = admission(app, options.liveSession)
  const joining = createTurnstile(JOINS_AT_ONCE)
  io.on('connection', (socket: Socket) => {
    const { identity } = socket.data as { identity: Identity }
    const gone = new AbortController()
    const connectedAt = performance.now()
    const joined = joining
      .pass(async () => {
        await join({ admit, gate, history, onReady: observe.ready }, socket, identity)
        observe.joined((performance.now() - connectedAt) / 1000)
        makeRoom(identity)
      }, gone.signal)
      .catch((err: unknown) => {
        app.logger.warn({ err }, 'a socket could not join')
        reset(socket)
      })

    const expiry = watchExpiry(socket, new Date(identity.expiresAt * 1000), () => sendAway(socket, 'expired'))
    const caller = {
      actor: identity.actor,
      address: addressOf(socket.request, trustedHops),
      seat: seatOf(app, gate, socket, expiry.renew),
    }
    const packets = answerPackets(socket, { app, caller, joined, scale: limitScale, onFlood: () => coolDown(socket) })
    Object.assign(socket.data as SocketData, { rest: packets.rest })
    const visitor = { socket, packets }
    visitors.add(visitor)
    const ageMs = sockets.seconds * 1000 * (1 - ROTATION * Math.random())
    const rotation = sockets.seconds > 0 ? setTimeout(() => void sendAwayAfterAck(visitor, 'rotated'), ageMs) : null
    socket.on('disconnect', () => {
      visitors.delete(visitor)
      gone.abort()
      expiry.stop()
      if (rotation) clearTimeout(rotation)
      dismiss(socket.conn) // a client that leaves Socket.IO leaves the connection as well
    })
  })

  /** Of too many sockets of one person the oldest goes, and stays away: two that take turns would never end. */
  function makeRoom({ actor }: Identity) {
    const [oldest = '', ...others] = io.of('/').adapter.rooms.get(deviceRoom(actor.id)) ?? []
    const socket = others.length >= PERSON_SOCKETS_MAX * limitScale ? io.of('/').sockets.get(oldest) : undefined
    if (socket) displace(socket)
  }

  // Only to those who have had what they missed: it would tell the others that they have.
  const tellCursor = () => tell(io.local.to(SEATED), Position, `${gate.epoch()}:${gate.applied()}`)
  const cursors = setInterval(tellCursor, CURSOR_EVERY_MS)
  return {
    gate,
    sockets: () => io.of('/').sockets.size,
    connections: () => io.engine.clientsCount,
    waiting: joining.waiting,
    async drain(seconds) {
      door.shut()
      await inSlices(visitors, seconds * 1000 * DRAINING, visitor => sendAwayAfterAck(visitor, 'drained'))
    },
    async [Symbol.asyncDispose]() {
      door.shut()
      clearInterval(cursors)
      guard[Symbol.dispose]()
      io.of('/').sockets.forEach(reset)
      await gate[Symbol.asyncDispose]()
      const closed = io.close()
      const late = setTimeout(() => http.closeAllConnections(), CLOSE_MS)
      await closed
      clearTimeout(late)
    },
  }
}
