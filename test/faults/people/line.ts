import { randomUUID } from 'node:crypto'
import { pause } from '../pause.ts'
import type { FailedAck, OkAck, Ready } from '../../../client/index.ts'
import { openRaw, type RawOptions, type RawSocket } from '../../support/raw.ts'
import type { Random } from '../random.ts'

/** A raw socket that comes back: to any of the nodes, after a pause with full jitter. */
export interface Line {
  /** Sends a command until it is answered, always under the same id. */
  send(name: string, input: object): Promise<OkAck | FailedAck>
  /** Resolves at the next moment it is ready. */
  ready(): Promise<RawSocket>
  /** Loses the connection without a word; it comes back after at least so long. */
  cut(awayMs?: number): void
  close(): void
}

export interface LineOptions {
  readonly urls: readonly string[]
  readonly random: Random
  /** What it says of itself each time it connects. */
  readonly auth: () => RawOptions['auth']
  readonly onEvent?: RawOptions['onEvent']
  readonly onReady?: (ready: Ready) => void
  /** Told when a connection is over, and whether it was ever ready. */
  readonly onLost?: (wasReady: boolean) => void
}

/** As long as the client of Socket.IO waits. */
const READY_MS = 20_000
const ANSWER_MS = 8000
const BACK_MS = 300
const BACK_MAX_MS = 5000

export function openLine({ urls, random, auth, onEvent, onReady, onLost }: LineOptions): Line {
  const ended = new AbortController()
  let raw: RawSocket | null = null
  let opened = Promise.withResolvers<RawSocket>()
  let failures = 0
  let away = 0

  async function live() {
    while (!ended.signal.aborted) {
      const hears = onEvent ? { onEvent } : { onText: () => undefined }
      const socket = openRaw({ url: random.pick(urls), auth: auth(), ...hears })
      raw = socket
      const late = setTimeout(socket.vanish, READY_MS)
      failures += 1
      await socket.ready.then(
        ready => {
          failures = 0
          onReady?.(ready)
          opened.resolve(socket)
        },
        socket.vanish, // refused, or closed already
      )
      clearTimeout(late)
      await socket.closed
      raw = null
      const wasReady = failures === 0
      if (wasReady) opened = Promise.withResolvers()
      onLost?.(wasReady)
      await pause(Math.max(away, random.next() * Math.min(BACK_MAX_MS, BACK_MS * 2 ** failures)), ended.signal)
      away = 0
    }
  }
  void live()

  const ready = () => opened.promise
  return {
    ready,
    async send(name, input) {
      const request = { clientId: randomUUID(), ...input }
      for (;;) {
        const socket = await ready()
        const late = setTimeout(socket.vanish, ANSWER_MS)
        const ack = await socket.ask(name, request)
        clearTimeout(late)
        if (ack?.ok || ack?.error.retry === false) return ack
        await pause(random.between(20, 200), ended.signal) // refused for now, or lost, which it may not know yet
      }
    },
    cut(awayMs = 0) {
      away = awayMs
      raw?.vanish()
    },
    close() {
      ended.abort()
      raw?.vanish()
    },
  }
}
