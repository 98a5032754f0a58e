import { createClient, memoryStore } from '../../../client/index.ts'
import type { Planted } from '../../support/crowd.ts'
import type { Random } from '../random.ts'
import type { Listening } from './ear.ts'
import { provesSilence, type Viewer } from './viewer.ts'

export interface ClientViewerOptions {
  readonly url: string
  readonly random: Random
  readonly ear: Listening
  readonly person: Planted
}

/** A viewer that is the app's own client. */
export function openClientViewer({ url, random, ear, person }: ClientViewerOptions): Viewer {
  const store = memoryStore()
  const client = createClient({ url, store })
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
  const update = (bio: string) =>
    client.call('profile:update', { bio }).then(
      () => true,
      () => false, // it gave up; the app would try again
    )
  return {
    ear,
    ready: () => connected,
    cut() {
      client.close()
      ear.lost(true)
      client.connect().catch(() => undefined) // it was closed meanwhile
    },
    settle: () => provesSilence(ear, random, update),
    close: client.close,
  }
}
