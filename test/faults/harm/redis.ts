import { Redis } from 'ioredis'
import { pause } from '../pause.ts'
import type { Scene } from '../run.ts'
import { alone, every, once } from './every.ts'

/** Cuts the connections of one kind; they come back by themselves, and what was published meanwhile is gone. */
export const cutRedis = (ms: number, kind: 'pubsub' | 'normal') =>
  every(ms, ({ cluster: { redis } }) =>
    alone(redis, async () => {
      const connection = new Redis(redis.url)
      await connection.client('KILL', 'TYPE', kind)
      connection.disconnect()
    }),
  )

/** Redis dies with all it knew, and comes back empty after a while. */
export const killRedis = (ms: number, awayMs: readonly [least: number, most: number]) =>
  every(ms, scene => away(scene, () => pause(scene.random.between(...awayMs), scene.stop)))

/** Redis is away once for so long, or until the run ends. */
export const redisAway = (forMs: number) => once(forMs, away)

const away = ({ cluster: { redis } }: Scene, wait: () => Promise<unknown>) =>
  alone(redis, async () => {
    await redis.kill()
    await wait()
    await redis.restart()
  })

/** Redis is there and answers nobody. */
export const freezeRedis = (ms: number, forMs: number) =>
  every(ms, ({ cluster: { redis }, stop }) =>
    alone(redis, async () => {
      redis.freeze()
      await pause(forMs, stop)
      redis.wake()
    }),
  )
