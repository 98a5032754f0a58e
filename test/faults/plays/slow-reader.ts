import type { Case } from '../case.ts'
import { KITH } from '../cluster/index.ts'
import type { Node } from '../cluster/node.ts'
import { judge, wrongs } from '../judge.ts'
import { listen } from '../people/ear.ts'
import { openViewer } from '../people/viewer.ts'
import { setTimeout } from 'node:timers/promises'
import { plantPeople, type Planted } from '../../support/crowd.ts'
import { flood } from './flood.ts'

const EVENT_BYTES = 16 * 1024
const TICK_MS = 100
const EVENTS_PER_TICK = 6
/** So that what it misses is no more than is given to who comes back. */
const SECONDS = 7
const CUT_WITHIN_MS = 2000

/** One client stops reading while it is sent a MiB a second. It is cut off, costs little, and has everything in the end. */
export const slowReader = (name: string, title: string): Case => ({
  name,
  title,
  mustFail: false,
  async play(cluster, { random }) {
    await cluster.runs(KITH)
    const [person] = (await plantPeople(cluster.db, cluster.config, 1)) as [Planted]
    const [web] = cluster.webs as readonly [Node, ...Node[]]
    const ear = listen(person.id, [], [])
    const token = { token: person.token, until: Infinity }
    const viewer = openViewer({ urls: [web.url], random, ear, token: () => token })
    const socket = await viewer.ready()
    const rssBefore = await gauge(web, 'process_resident_memory_bytes')
    let rss = rssBefore
    let cutAt = Infinity
    socket.pause()
    const started = performance.now()
    for (let tick = 0; tick < (SECONDS * 1000) / TICK_MS; tick++) {
      await flood(cluster, `user:${person.id}`, EVENTS_PER_TICK, EVENT_BYTES)
      if (cutAt === Infinity && (await gauge(web, 'kith_sockets')) === 0) cutAt = performance.now() - started
      if (cutAt === Infinity) rss = Math.max(rss, await gauge(web, 'process_resident_memory_bytes'))
      await setTimeout(Math.max(0, started + (tick + 1) * TICK_MS - performance.now()))
    }
    const [{ sent }] = (await cluster
      .db('event_log')
      .whereRaw('rooms @> array[?]', [`user:${person.id}`])
      .select(cluster.db.raw('count(*)::int as sent'))) as [{ sent: number }]
    socket.resume()
    const resumedAt = performance.now()
    await viewer.settle()
    viewer.close()
    const heard = ear.heard.length - 1 // the last is its own
    const verdict = judge({ writes: [], changes: [], ears: [ear] })
    return {
      verdict: { ...verdict, expected: sent, delivered: heard },
      wrong: [...wrongs(verdict), ...(heard === sent ? [] : [`${sent - heard} of ${sent} missing`])],
      settledMs: Math.round(performance.now() - resumedAt),
      packets: {},
      harms: 1,
      deaths: 0,
      figures: [
        { name: 'ms to be cut off', value: Math.round(cutAt), atMost: CUT_WITHIN_MS },
        { name: 'MiB more RSS', value: Math.round((rss - rssBefore) / 2 ** 20), atMost: 20 },
      ],
    }
  },
})

async function gauge({ internalUrl }: Node, name: string): Promise<number> {
  const text = await (await fetch(`${internalUrl}/metrics`)).text()
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1])
}
