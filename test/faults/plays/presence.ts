import { setTimeout } from 'node:timers/promises'
import { connect, plantCrowd } from '../../presence/support/crowd.ts'
import type { Case } from '../case.ts'
import { KITH, PRESENCE_GRACE_SECONDS } from '../cluster/index.ts'
import type { Node } from '../cluster/node.ts'
import { judge } from '../judge.ts'

const SIZE = 90
const LEASE_MS = 3000
const GRACE_MS = PRESENCE_GRACE_SECONDS * 1000
const BY_MS = LEASE_MS + GRACE_MS + 1500

const idsOf = (people: readonly { readonly id: string }[]) => people.map(({ id }) => id).toSorted()

/** People on one node, on two, and on another: the first dies, then Redis forgets everybody. */
export const presence = (name: string, title: string): Case => ({
  name,
  title,
  mustFail: false,
  async play(cluster) {
    await cluster.runs(KITH)
    const [first, second, third] = cluster.webs as readonly [Node, Node, Node]
    const { people, watcher } = await plantCrowd(cluster.db, cluster.config, second.url, SIZE)
    const [onFirst, onBoth, onThird] = [people.slice(0, 30), people.slice(30, 60), people.slice(60)]
    await connect(first.url, [...onFirst, ...onBoth])
    await connect(third.url, [...onBoth, ...onThird])
    await watcher.hears(true, SIZE)
    watcher.forget()

    first.kill()
    const killedAt = performance.now()
    await watcher.hears(false, onFirst.length)
    const goneMs = Math.round(performance.now() - killedAt)
    await setTimeout(Math.max(0, BY_MS - goneMs)) // in which whoever is wrongly taken for gone would be told
    const staying = idsOf([...onBoth, ...onThird])
    const wronglyGone = watcher.edges.filter(({ online, userId }) => !online && staying.includes(userId)).length

    await cluster.redis.kill()
    await cluster.redis.restart()
    await setTimeout(BY_MS)
    const listed = (await watcher.list()).toSorted()
    await first.up()
    const wrong = [
      ...(wronglyGone > 0 ? [`${wronglyGone} told to be gone who were there`] : []),
      ...(listed.join() === staying.join()
        ? []
        : [`${listed.length} there after Redis was emptied, not ${staying.length}`]),
    ]
    return {
      verdict: judge({ writes: [], changes: [], ears: [] }),
      wrong,
      settledMs: goneMs,
      packets: {},
      harms: 2,
      deaths: 1,
      figures: [{ name: 'ms until gone', value: goneMs, atMost: BY_MS }],
    }
  },
})
