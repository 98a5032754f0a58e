import { once } from 'node:events'
import { io, type Socket } from 'socket.io-client'
import type { Ack } from '../../../src/kernel/dispatch.ts'
import type { Ready } from '../../../client/index.ts'

export interface Heard {
  readonly name: string
  readonly payload: Record<string, unknown>
  readonly pos: number
  readonly replayed: boolean
}

/** One socket as it is on the wire: it repeats, races and lies as no client of ours would. */
export interface Device extends Disposable {
  readonly socket: Socket
  readonly heard: readonly Heard[]
  /** Resolves with what the server says once it hears everything. */
  readonly ready: Promise<Ready>
  send(name: string, input: object): Promise<Ack>
  /** All that is heard up to now: once this socket hears of its own change, every earlier event has come or never will. */
  hearsAll(): Promise<readonly Heard[]>
}

export interface Handshake {
  readonly token: string
  readonly cursor?: string | null
  readonly rooms?: readonly { readonly kind: string; readonly id: string }[]
}

export function openDevice(url: string, { token, cursor, rooms }: Handshake): Device {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token, ...(cursor && { cursor }), ...(rooms && { rooms }) },
  })
  const heard: Heard[] = []
  const waiting = new Map<unknown, () => void>()
  function hear(event: Heard) {
    heard.push(event)
    waiting.get(event.payload.bio)?.()
  }
  socket.on('log:replay', (batch: [string, Heard['payload'], number][]) => {
    for (const [name, payload, pos] of batch) hear({ name, payload, pos, replayed: true })
  })
  socket.onAny((name: string, payload: Heard['payload'], pos: unknown) => {
    if (typeof pos === 'number') hear({ name, payload, pos, replayed: false })
  })
  const ready = once(socket as never, 'log:ready').then(([state]) => state as Ready)
  ready.catch(() => undefined)
  const send = (name: string, input: object) => socket.timeout(10_000).emitWithAck(name, input) as Promise<Ack>
  return {
    socket,
    heard,
    ready,
    send,
    async hearsAll() {
      const bio = crypto.randomUUID()
      const hears = new Promise<void>(resolve => waiting.set(bio, resolve))
      await Promise.all([send('profile:update', { bio }), hears])
      return heard
    },
    [Symbol.dispose]: () => void socket.disconnect(),
  }
}
