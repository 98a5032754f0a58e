import { setTimeout } from 'node:timers/promises'
import { plantFriends, plantPeople, type Planted } from '../../support/crowd.ts'
import type { Cluster } from '../cluster/index.ts'
import type { Ear, Write } from '../history.ts'
import { judge, type Verdict } from '../judge.ts'
import { listen, textOf, type Listening } from '../people/ear.ts'
import { openLine } from '../people/line.ts'
import { openViewer, type Viewer } from '../people/viewer.ts'
import type { Random } from '../random.ts'

/** Thousands who listen to one author. */
export interface Crowd extends Disposable {
  readonly viewers: readonly Viewer[]
  /** The addresses everybody connects to; whoever balances them takes one away that is not ready. */
  readonly urls: string[]
  /** The author posts; resolves once it is answered. */
  post(): Promise<void>
  /** Resolves when everybody has heard the last post, or gives up after so long. */
  settle(ms: number): Promise<void>
  verdict(): Verdict
  /** When each connection was ready, on the harness's clock. */
  readonly readyAt: readonly number[]
  /** Connections that ended before they were ready. */
  refusals(): number
}

/** So many connect at once while the crowd gathers. */
const ARRIVE_AT_ONCE = 50

export async function gather({ db, config, webs }: Cluster, random: Random, count: number): Promise<Crowd> {
  const [author, ...people] = (await plantPeople(db, config, count + 1)) as [Planted, ...Planted[]]
  await plantFriends(
    db,
    people.map(({ id }) => [author.id, id]),
  )
  const urls = webs.map(({ url }) => url)
  const writes: Write[] = []
  const readyAt: number[] = []
  const waiting: { left: number; all: PromiseWithResolvers<void> } = { left: 0, all: Promise.withResolvers() }

  const line = openLine({ urls, random: random.of('author'), auth: () => ({ token: author.token }) })
  const viewers: Viewer[] = []
  const open = async (person: Planted) => {
    const ear: Listening = listen(person.id, [author.id], [])
    const { hear, connected } = ear
    ear.hear = (name, payload, pos) => {
      hear.call(ear, name, payload, pos)
      if (ear.heard.at(-1)?.key === writes.at(-1)?.key && (waiting.left -= 1) === 0) waiting.all.resolve()
    }
    ear.connected = ready => {
      readyAt.push(performance.now())
      connected.call(ear, ready)
    }
    const shown = { token: person.token, until: Infinity }
    const viewer = openViewer({ urls, random: random.of(person.id), ear, token: () => shown })
    viewers.push(viewer)
    await viewer.ready()
  }
  for (let from = 0; from < people.length; from += ARRIVE_AT_ONCE)
    await Promise.all(people.slice(from, from + ARRIVE_AT_ONCE).map(open))

  return {
    viewers,
    urls,
    readyAt,
    async post() {
      const number = writes.length
      const key = `${author.id} ${number}`
      const write = {
        key,
        writer: author.id,
        number,
        circle: author.id,
        room: null,
        sentAt: performance.now(),
        ackedAt: Infinity,
      }
      writes.push(write)
      waiting.left = viewers.length
      waiting.all = Promise.withResolvers()
      await line.send('post:create', { text: textOf(key), visibility: 'friends' })
      write.ackedAt = performance.now()
    },
    async settle(ms) {
      const given = new AbortController()
      await Promise.race([waiting.all.promise, setTimeout(ms, undefined, { signal: given.signal })])
      given.abort()
      for (const { ear } of viewers) ear.settled = ear.heard.at(-1)?.key === writes.at(-1)?.key
    },
    verdict: () => judge({ writes, changes: [], ears: viewers.map(({ ear }): Ear => ear) }),
    refusals: () => viewers.reduce((sum, { ear }) => sum + ear.refusals, 0),
    [Symbol.dispose]() {
      line.close()
      for (const viewer of viewers) viewer.close()
    },
  }
}
