import { Redis } from 'ioredis'
import type { World } from '../../support/world.ts'

/** Forgets what has been spent so far in one world, as if an hour had gone by. */
export async function forgetLimits({ config }: World): Promise<void> {
  const redis = new Redis(config.redis.url)
  const keys = await redis.keys(`${config.redis.prefix}:limit:*`)
  if (keys.length > 0) await redis.del(keys)
  redis.disconnect()
}
