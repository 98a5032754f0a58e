import type { Knex } from 'knex'
import type { Config } from '../../../src/main/config.ts'
import { plantFriends, plantPeople, type Planted } from '../../support/crowd.ts'
import { openRaw, type RawSocket } from '../../support/raw.ts'
import type { Edge } from './edges.ts'

/** Somebody who watches their friends come and go, as a client of ours does: of two news the larger version is true. */
export interface Watcher {
  readonly edges: readonly Edge[]
  /** Who is there as far as this watcher was told. */
  there(): readonly string[]
  /** Resolves once this many edges say so. */
  hears(online: boolean, count: number): Promise<void>
  /** What is there by a list read now. */
  list(): Promise<string[]>
  forget(): void
}

/** Plants people who are friends of one who watches; nobody is connected but the watcher. */
export async function plantCrowd(db: Knex, config: Config, watchedFrom: string, size: number) {
  const [watching, ...people] = (await plantPeople(db, config, size + 1)) as [Planted, ...Planted[]]
  await plantFriends(
    db,
    people.map(({ id }) => [watching.id, id]),
  )
  return { people, watcher: await watch(watchedFrom, watching) }
}

const HEAR_MS = 15_000

async function watch(url: string, { token }: Planted): Promise<Watcher> {
  const edges: Edge[] = []
  const news = new Map<string, Edge>()
  const waiting = new Set<() => void>()
  const socket = openRaw({
    url,
    auth: { token },
    onEvent(name, [payload]) {
      if (name !== 'presence:changed') return
      const edge = payload as Edge
      edges.push(edge)
      if (edge.version > (news.get(edge.userId)?.version ?? 0)) news.set(edge.userId, edge)
      for (const wake of waiting) wake()
    },
  })
  await socket.ready
  return {
    edges,
    there: () => [...news.values()].filter(({ online }) => online).map(({ userId }) => userId as string),
    async hears(online, count) {
      const late = AbortSignal.timeout(HEAR_MS)
      while (edges.filter(edge => edge.online === online).length < count) {
        const changed = Promise.withResolvers<void>()
        waiting.add(changed.resolve)
        late.addEventListener('abort', () => changed.reject(new Error(`Heard ${edges.length} edges, not ${count}`)))
        await changed.promise
        waiting.delete(changed.resolve)
      }
    },
    async list() {
      const ack = await socket.ask('presence:list', {})
      if (!ack?.ok) throw new Error(`No list: ${JSON.stringify(ack)}`)
      return (ack.data as { items: { userId: string }[] }).items.map(({ userId }) => userId)
    },
    forget: () => void edges.splice(0),
  }
}

/** Connects each of these people once, and resolves when all hear everything. */
export async function connect(url: string, people: readonly Planted[]): Promise<RawSocket[]> {
  const sockets = people.map(({ token }) => openRaw({ url, auth: { token } }))
  await Promise.all(sockets.map(({ ready }) => ready))
  return sockets
}
