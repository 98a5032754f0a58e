import type { Ready } from '../../../client/index.ts'
import type { RawSocket } from '../../support/raw.ts'
import { pause } from '../pause.ts'
import type { Random } from '../random.ts'
import type { Listening } from './ear.ts'
import { openLine } from './line.ts'

/** Somebody who listens, comes back whenever the connection is lost, and resumes where they were. */
export interface Viewer {
  readonly ear: Listening
  /** Resolves once everything is heard from here on. */
  ready(): Promise<unknown>
  /** Loses the connection; it comes back after at least so long. */
  cut(awayMs?: number): void
  /** Changes something of its own; answers once it has heard of that, and so of everything before. */
  settle(): Promise<void>
  close(): void
}

/** A token, and when it is over on the harness's clock. */
export interface Shown {
  readonly token: string
  readonly until: number
}

export interface RawViewer extends Viewer {
  ready(): Promise<RawSocket>
  /** For how long a connection outlived its token at most. */
  outlivedMs(): number
}

export interface ViewerOptions {
  readonly urls: readonly string[]
  readonly random: Random
  readonly ear: Listening
  /** The token it shows each time it connects. */
  readonly token: () => Shown
}

/** A raw viewer keeps the same cursor as the client does, in as few lines as possible. */
export function openViewer({ urls, random, ear, token }: ViewerOptions): RawViewer {
  const rooms = [...ear.rooms].map(id => ({ kind: 'post', id }))
  let cursor = ''
  let shown: Shown | null = null
  let outlivedMs = 0

  const posOf = (at: string) => Number(at.split(':')[1])
  function hear(name: string, payload: unknown, pos: number) {
    if (cursor === '') return ear.hear(name, payload, null) // a server without a log
    if (pos <= posOf(cursor)) return // had it
    ear.hear(name, payload, pos)
    cursor = `${cursor.split(':')[0]}:${pos}`
  }
  const hearSignal: Readonly<Record<string, (about: unknown) => void>> = {
    'log:replay': batch => (batch as [string, unknown, number][]).forEach(event => hear(...event)),
    'log:cursor': at => {
      if (posOf(at as string) > posOf(cursor)) cursor = at as string
    },
    'log:ready': state => {
      cursor = (state as Ready).cursor
      ear.connected(state as Ready)
    },
  }
  const noteAge = () => {
    if (shown) outlivedMs = Math.max(outlivedMs, performance.now() - shown.until)
  }
  const line = openLine({
    urls,
    random,
    auth() {
      shown = token()
      return { token: shown.token, ...(cursor && { cursor }), ...(rooms.length > 0 && { rooms }) }
    },
    onEvent(name, [about, pos]) {
      if (typeof pos === 'number') hear(name, about, pos)
      else hearSignal[name]?.(about)
    },
    onLost(wasReady) {
      if (wasReady) noteAge()
      shown = null
      ear.lost(wasReady)
    },
  })
  return {
    ear,
    ready: line.ready,
    cut: line.cut,
    outlivedMs() {
      noteAge()
      return outlivedMs
    },
    async settle() {
      await provesSilence(ear, random, bio => line.send('profile:update', { bio }))
    },
    close: line.close,
  }
}

/** Has somebody change their profile until it is answered, and waits until their ear has heard of it. */
export async function provesSilence(ear: Listening, random: Random, update: (bio: string) => Promise<unknown>) {
  const bio = `${ear.person} ${random.next()}`
  const heard = ear.hears(bio)
  while (!(await update(bio))) await pause(random.between(50, 500), new AbortController().signal)
  await heard
  ear.settled = true
}
