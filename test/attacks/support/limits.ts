import { Redis } from 'ioredis'
import type { World } from '../../support/world.ts'

/** Forgets what has been spent so far in one world, and who had to cool down, as if an hour had gone by. */
export async function forgetLimits({ config }: World): Promise<void> {
  const redis = new Redis(config.redis.url)
  const { prefix } = config.redis
  const keys = [...(await redis.keys(`${prefix}:limit:*`)), ...(await redis.keys(`${prefix}:socket:cooldown:*`))]
  if (keys.length > 0) await redis.del(keys)
  redis.disconnect()
}
