import { createClient, memoryStore } from '../../../client/index.ts'
import type { Planted } from '../../support/crowd.ts'
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

export interface ViewerOptions {
  readonly urls: readonly string[]
  readonly random: Random
  readonly ear: Listening
  /** The token it shows each time it connects. */
  readonly token: () => string
}

/** A raw viewer keeps the same cursor as the client does, in as few lines as possible. */
export function openViewer({ urls, random, ear, token }: ViewerOptions): Viewer {
  const rooms = [...ear.rooms].map(id => ({ kind: 'post', id }))
  let cursor = ''
  const posOf = (at: string) => Number(at.split(':')[1] ?? -1)
  const hear = (name: string, payload: unknown, pos: number) => {
    if (cursor !== '' && pos <= posOf(cursor)) return // had it
    ear.hear(name, payload, pos)
    if (cursor !== '') cursor = `${cursor.split(':')[0]}:${pos}`
  }
  const line = openLine({
    urls,
    random,
    auth: () => ({ token: token(), ...(cursor && { cursor }), ...(rooms.length > 0 && { rooms }) }),
    onEvent(name, args) {
      if (name === 'log:replay') for (const [name, payload, pos] of args[0] as [string, unknown, number][]) hear(name, payload, pos)
      else if (name === 'log:ready') {
        const ready = args[0] as Parameters<Listening['connected']>[0]
        cursor = ready.cursor
        ear.connected(ready)
      } else if (name === 'log:cursor') {
        const at = args[0] as string
        if (posOf(at) > posOf(cursor)) cursor = at
      } else if (typeof args[1] === 'number') hear(name, args[0], args[1])
    },
    onLost: () => ear.lost(),
  })
  return {
    ear,
    ready: line.ready,
    cut: line.cut,
    async settle() {
      const bio = `${ear.person} ${random.next()}`
      const heard = ear.hears(bio)
      await line.send('profile:update', { bio })
      await heard
      ear.settled = true
    },
    close: line.close,
  }
}

/** A viewer that is the app's own client. It stays with one node, as behind a balancer that keeps to it. */
export function openClientViewer({ urls, random, ear, person }: ViewerOptions & { readonly person: Planted }): Viewer {
  const store = memoryStore()
  const client = createClient({ url: random.pick(urls), store })
  client.onAny((name, payload, { pos }) => ear.hear(name, payload, pos))
  client.onReady(ready => ear.connected(ready))
  const connected = (async () => {
    await store.save({
      userId: person.id as never,
      sessionId: person.sessionId as never,
      accessToken: person.token,
      accessExpiresAt: new Date(Date.now() + 3_000_000).toISOString(),
      refreshToken: '',
    })
    await client.connect()
    for (const id of ear.rooms) await client.join('post', id)
  })()
  return {
    ear,
    ready: () => connected,
    cut() {
      client.close()
      ear.lost()
      client.connect().catch(() => undefined)
    },
    async settle() {
      const bio = `${ear.person} ${random.next()}`
      const heard = ear.hears(bio)
      for (;;) {
        const answered = await client.call('profile:update', { bio }).then(
          () => true,
          () => false,
        )
        if (answered) break
      }
      await heard
      ear.settled = true
    },
    close: client.close,
  }
}
