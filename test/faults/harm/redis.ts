import { Redis } from 'ioredis'
import type { Cluster } from '../cluster/index.ts'
import { pause } from '../pause.ts'
import { every, once } from './every.ts'

/** Cuts the connections of one kind; they come back by themselves, and what was published meanwhile is gone. */
export const cutRedis = (ms: number, kind: 'pubsub' | 'normal') =>
  every(ms, ({ cluster }) =>
    onRedis(cluster, async redis => {
      await redis.client('KILL', 'TYPE', kind)
    }),
  )

/** Redis dies with all it knew, and comes back empty after a while. */
export const killRedis = (ms: number, awayMs: readonly [least: number, most: number]) =>
  every(ms, async scene => {
    await scene.cluster.redis.kill()
    await pause(scene.random.between(...awayMs), scene.stop)
    await scene.cluster.redis.restart()
  })

/** Redis is there and answers nobody. */
export const freezeRedis = (ms: number, forMs: number) =>
  every(ms, async scene => {
    scene.cluster.redis.freeze()
    await pause(forMs, scene.stop)
    scene.cluster.redis.wake()
  })

/** Redis is away for so long, or until the run ends. */
export const redisAway = (forMs: number) =>
  once(forMs, async ({ cluster }, wait) => {
    await cluster.redis.kill()
    await wait()
    await cluster.redis.restart()
  })

async function onRedis({ redis: { url } }: Cluster, work: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0, lazyConnect: true })
  redis.on('error', () => undefined)
  await redis
    .connect()
    .then(() => work(redis))
    .catch(() => undefined) // it may be away
  redis.disconnect()
}
