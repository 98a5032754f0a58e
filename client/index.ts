/** The Kith client, for browsers and Node: typed calls, events once and in order, and a connection that mends itself. */
import { io, type Socket } from 'socket.io-client'
import { createAsking, type Repeatable } from './asking.ts'
import { createAuth, memoryStore, type Auth, type TokenStore } from './auth.ts'
import { createBackOff, LOST_MS, SENT_AWAY_MS } from './back-off.ts'
import type {
  AckMeta,
  Closing,
  CommandName,
  Data,
  EventName,
  Events,
  FailureWire,
  Input,
  MediaLinks,
  Ready,
} from './contract.ts'
import { listeners } from './listeners.ts'
import { sendFile } from './uploading.ts'

export { memoryStore, type Auth, type TokenStore } from './auth.ts'
export type { Repeatable } from './asking.ts'
export type * from './contract.ts'
export { KithFailure } from './failure.ts'

export interface ClientOptions {
  readonly url: string
  /** Keeps the tokens; by default in memory. */
  readonly store?: TokenStore
  /** Leaves the refresh token to the browser, as a cookie; for a page of the server's own origin. */
  readonly cookie?: boolean
  /** Where to resume from, as `cursor()` told it in an earlier run. */
  readonly cursor?: string
}

/** How an event reached this client. */
export interface Heard {
  /** Its place in the log; null when it is ephemeral, which moves no cursor and is never replayed. */
  readonly pos: number | null
  /** It happened while this client was away. */
  readonly replayed: boolean
}

export interface Client {
  readonly auth: Auth
  /** Connects, and resolves once everything is heard from here on. */
  connect(): Promise<Ready>
  /** Closes the connection; `connect` resumes where it was. */
  close(): void
  /**
   * Signs out: the session ends, and the tokens are forgotten even when the server cannot be told. A browser keeps its
   * cookie until it can.
   */
  signOut(): Promise<void>
  /** Sends a command and answers its data; throws `KithFailure` when it is refused. Sent up to five times while no answer comes. */
  call<N extends CommandName>(name: N, input: Repeatable<N>): Promise<Data<N>>
  /** The same with what the server says beside the data. */
  ask<N extends CommandName>(name: N, input: Repeatable<N>): Promise<{ data: Data<N>; meta: AckMeta }>
  /** Hears an event; answers how to stop. */
  on<N extends EventName>(name: N, hear: (payload: Events[N], heard: Heard) => void): () => void
  /** Hears every event. */
  onAny(hear: (name: EventName, payload: Events[EventName], heard: Heard) => void): () => void
  /** Told after each connect. When `recovered` is false, read afresh what is shown. */
  onReady(hear: (ready: Ready) => void): () => void
  /**
   * Told when the connection does not come back by itself: the session ended, the server will not have this client, or
   * so many newer connections of this person are open that it was `displaced`; after that `connect` makes room again.
   */
  onEnded(hear: (reason: string) => void): () => void
  /**
   * Uploads a photo, video or sound, and answers its id: `media:ready` or `media:failed` follows. What sends it in pieces goes
   * on where it broke off.
   */
  upload(file: Blob): Promise<Data<'upload:complete'>['id']>
  /** The address of one of the files that a command gave links to. */
  linkTo(links: Pick<MediaLinks, 'url'>, file: string): string
  /** Listens in a room until it is left, also across reconnects. */
  join(kind: string, id: string): Promise<void>
  leave(kind: string, id: string): Promise<void>
  /** The last event this client has had. Keep it with what was shown to resume in a later run. */
  cursor(): string | null
}

/** The rooms a connection may name as it begins. */
const ROOMS_MAX = 200
/** A connection that lasted so long was a good one, even if there was nothing to hear. */
const STEADY_MS = 10_000

export function createClient({ url, store = memoryStore(), cookie = false, cursor: from }: ClientOptions): Client {
  const auth = createAuth({ url, store, cookie })
  const rooms = new Map<string, { kind: string; id: string }>()
  const events = listeners<[EventName, Events[EventName], Heard]>()
  const ready = listeners<[Ready]>()
  const ended = listeners<[string]>()
  const backOff = createBackOff()
  let cursor = from ?? null
  let wanted = false
  let wantFresh = false
  /** Why the server closes this connection, once it has said so. */
  let closing: Closing | null = null
  let waiting: ReturnType<typeof setTimeout> | undefined
  let steady: ReturnType<typeof setTimeout> | undefined

  const socket: Socket = io(url, {
    autoConnect: false,
    transports: ['websocket'],
    reconnection: false, // Socket.IO's own comes back too soon, and at nearly the same time as all others
    auth: give => {
      void auth.accessToken(wantFresh).then(
        token =>
          give({
            token: token ?? '',
            ...(cursor && { cursor }),
            ...(rooms.size > 0 && { rooms: [...rooms.values()].slice(-ROOMS_MAX) }),
          }),
        () => {
          socket.disconnect()
          comeBack({ within: LOST_MS })
        },
      )
      wantFresh = false
    },
  })

  const { ask, send, giveUp } = createAsking(socket, backOff.progress, () => wanted)
  const posOf = (at: string | null) => (at === null ? -1 : Number(at.split(':')[1]))
  const moveTo = (pos: number) => {
    if (cursor !== null) cursor = `${cursor.split(':')[0]}:${pos}`
  }

  function hear(name: EventName, payload: Events[EventName], pos: number, replayed: boolean) {
    if (cursor !== null && pos <= posOf(cursor)) return // had it
    backOff.progress()
    events.tell(name, payload, { pos, replayed })
    moveTo(pos)
  }

  socket.on('log:replay', (batch: [EventName, Events[EventName], number][]) => {
    for (const [name, payload, pos] of batch) hear(name, payload, pos, true)
  })
  socket.on('log:ready', (state: Ready) => {
    cursor = state.cursor
    steady = setTimeout(backOff.progress, STEADY_MS)
    ready.tell(state)
  })
  socket.on('log:cursor', (at: string) => {
    if (posOf(at) > posOf(cursor)) cursor = at
  })
  socket.on('session:ended', ({ reason }: { reason: string }) => {
    void auth.forget()
    forget()
    end(reason)
  })
  socket.on('session:expiring', ({ expiresAt }: { expiresAt: string }) => {
    renew(expiresAt).catch(() => undefined) // then this connection ends with its token, and another begins
  })
  socket.on('socket:closing', (why: Closing) => {
    closing = why
  })
  socket.onAny((name: string, payload: unknown, pos: unknown) => {
    if (typeof pos === 'number') hear(name as EventName, payload as Events[EventName], pos, false)
    if (pos === null) events.tell(name as EventName, payload as Events[EventName], { pos, replayed: false })
  })
  socket.on('disconnect', (reason, details) => {
    clearTimeout(steady)
    const { reason: why = 'closed', afterMs: told } = closing ?? {}
    closing = null
    const isClosed = isCloseFrame(details)
    if (reason === 'io server disconnect' || told === null) end(why)
    else if (reason !== 'io client disconnect')
      comeBack({ within: isClosed ? SENT_AWAY_MS : LOST_MS, ...(told !== undefined && { told }) })
  })
  socket.on('connect_error', (error: Error & { data?: Partial<FailureWire> }) => {
    const { code, retry = true, retryAfterMs: atLeast = 0 } = error.data ?? {}
    if (code === 'unauthenticated') void signInAgain()
    else if (retry) comeBack({ within: LOST_MS, atLeast })
    else end('refused')
  })

  function comeBack(when: Parameters<typeof backOff.wait>[0]) {
    clearTimeout(waiting)
    if (wanted) waiting = setTimeout(() => socket.connect(), backOff.wait(when))
  }

  /** Does not come back by itself. */
  function end(reason: string) {
    if (!wanted) return
    leave()
    giveUp(reason)
    ended.tell(reason)
  }
  /** Whoever signs in next begins anew. */
  function forget() {
    cursor = null
    rooms.clear()
  }
  function leave() {
    wanted = false
    clearTimeout(waiting)
  }

  /** Shows a token that is good for longer than this one; it may have been renewed already, by another connection. */
  async function renew(expiresAt: string) {
    const tokens = await auth.tokens()
    const isRenewed = tokens !== null && Date.parse(tokens.accessExpiresAt) > Date.parse(expiresAt)
    const accessToken = await auth.accessToken(!isRenewed)
    if (accessToken) await send('session:renew', { accessToken })
  }

  async function signInAgain() {
    wantFresh = true
    if (await auth.tokens()) comeBack({ within: LOST_MS })
    else end('signed_out')
  }

  const call: Client['call'] = async (name, input) => (await ask(name, input)).data

  return {
    auth,
    ask,
    call,
    connect: () =>
      new Promise((resolve, reject) => {
        const done = () => {
          stopReady()
          stopEnded()
        }
        const stopReady = ready.add(state => {
          done()
          resolve(state)
        })
        const stopEnded = ended.add(reason => {
          done()
          reject(new Error(reason === 'signed_out' ? 'Nobody is signed in' : `The session is over: ${reason}`))
        })
        wanted = true
        clearTimeout(waiting)
        socket.connect()
      }),
    close() {
      leave()
      socket.disconnect()
    },
    async signOut() {
      leave()
      socket.disconnect()
      giveUp('signed_out')
      forget()
      await auth.signOut()
    },
    on: (name, hear) =>
      events.add((heard, payload, how) => {
        if (heard === name) hear(payload as never, how)
      }),
    onAny: events.add,
    onReady: ready.add,
    onEnded: ended.add,
    async upload(file) {
      const [contentType, bytes] = [file.type as Input<'upload:sign'>['files'][number]['contentType'], file.size]
      const { uploads } = await call('upload:sign', { files: [{ contentType, bytes }] })
      const [signed] = uploads
      if (!signed) throw new Error('Nothing was signed')
      await sendFile(signed, file)
      return (await call('upload:complete', { mediaId: signed.mediaId })).id
    },
    linkTo: ({ url: template }, file) => new URL(template.replace('{file}', file), url).href,
    async join(kind, id) {
      await call('room:join', { kind, id })
      rooms.set(`${kind}:${id}`, { kind, id })
    },
    async leave(kind, id) {
      rooms.delete(`${kind}:${id}`)
      await call('room:leave', { kind, id })
    },
    cursor: () => cursor,
  }
}

/** Whether a connection was closed by the other side, and not just lost. */
const isCloseFrame = (details: unknown) => {
  const { code } = (details as { context?: { code?: number } } | undefined)?.context ?? {}
  return code !== undefined && code !== 1006
}
