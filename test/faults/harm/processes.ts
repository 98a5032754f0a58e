import { LEADERSHIP } from '../../../src/infra/log/relay.ts'
import type { Cluster } from '../cluster/index.ts'
import type { Node } from '../cluster/node.ts'
import { pause } from '../pause.ts'
import { every, once } from './every.ts'

export const killWeb = (ms: number) => every(ms, ({ cluster, random }) => random.pick(cluster.webs).kill())

export const killLeader = (ms: number) => every(ms, async ({ cluster }) => (await leader(cluster))?.kill())

/** It leads, sleeps, and wakes up in the belief that it leads. */
export const freezeLeader = (ms: number, forMs: number) =>
  every(ms, async scene => {
    const node = await leader(scene.cluster)
    node?.freeze()
    await pause(forMs, scene.stop)
    node?.wake()
  })

export const freezeWeb = (ms: number, forMs: number) =>
  every(ms, async scene => {
    const node = scene.random.pick(scene.cluster.webs)
    node.freeze()
    await pause(forMs, scene.stop)
    node.wake()
  })

/** One web process sleeps for so long, once. */
export const freezeWebOnce = (forMs: number) =>
  once(forMs, async ({ cluster, random }, sleep) => {
    const node = random.pick(cluster.webs)
    node.freeze()
    await sleep()
    node.wake()
  })

/** The process whose relay holds the lock just now; none in between two, or while PostgreSQL is away. */
async function leader({ db, webs, workers }: Cluster): Promise<Node | null> {
  const found = await db('pg_locks')
    .join('pg_stat_activity', 'pg_stat_activity.pid', 'pg_locks.pid')
    .where({ locktype: 'advisory', classid: 0, objid: LEADERSHIP, granted: true })
    .pluck('application_name')
    .catch(() => [] as string[])
  return [...webs, ...workers].find(({ name }) => found.includes(name)) ?? null
}
