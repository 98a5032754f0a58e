import { Redis } from 'ioredis'
import { requestCode } from '../../../src/domains/sessions/commands.ts'
import type { Rates } from '../../../src/kernel/limit.ts'
import type { World } from '../../support/world.ts'

const atOnce = (rates: Rates) => Math.min(...[rates].flat().map(({ points }) => points))
const [phones] = [requestCode.limits.target ?? []].flat()
/** How many codes one address may ask for in a moment, and how many one phone is sent. */
export const CODES = {
  address: atOnce(requestCode.limits.caller),
  phone: phones ? atOnce(phones.rates) : NaN,
}

/** Forgets what has been spent so far in one world, and who had to cool down, as if an hour had gone by. */
export async function forgetLimits({ config }: World): Promise<void> {
  const redis = new Redis(config.redis.url)
  const { prefix } = config.redis
  const keys = [...(await redis.keys(`${prefix}:limit:*`)), ...(await redis.keys(`${prefix}:socket:cooldown:*`))]
  if (keys.length > 0) await redis.del(keys)
  redis.disconnect()
}
