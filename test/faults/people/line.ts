import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
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
  readonly onLost?: () => void
}

const READY_MS = 10_000
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
      const socket = openRaw({ url: random.pick(urls), auth: auth(), ...(onEvent ? { onEvent } : { onText: () => undefined }) })
      raw = socket
      const isLate = AbortSignal.timeout(READY_MS)
      isLate.addEventListener('abort', () => raw === socket && failures > 0 && socket.vanish())
      failures += 1
      await socket.ready.then(
        ready => {
          failures = 0
          onReady?.(ready)
          opened.resolve(socket)
        },
        () => undefined,
      )
      await socket.closed
      raw = null
      opened = Promise.withResolvers()
      onLost?.()
      const jitter = random.next() * Math.min(BACK_MAX_MS, BACK_MS * 2 ** failures)
      await setTimeout(Math.max(away, jitter), undefined, { signal: ended.signal }).catch(() => undefined)
      away = 0
    }
  }
  void live()

  async function ready(): Promise<RawSocket> {
    return opened.promise
  }
  return {
    ready,
    async send(name, input) {
      const request = { clientId: randomUUID(), ...input }
      for (;;) {
        const socket = await ready()
        const given = new AbortController()
        const late = setTimeout(ANSWER_MS, 'late' as const, { signal: given.signal }).catch(() => null)
        const ack = await Promise.race([socket.ask(name, request), late])
        given.abort()
        if (ack === 'late') socket.vanish()
        else if (ack?.ok || ack?.error.retry === false) return ack
        else await setTimeout(random.between(20, 200)) // refused for now, or lost: ready() may not have noticed yet
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
