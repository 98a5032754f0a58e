import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { App } from '../../kernel/app.ts'
import { Unavailable } from '../../kernel/failure.ts'
import type { Rate } from '../../kernel/limit.ts'

/** The share of a limit each process grants by itself while Redis is away. */
const BLIND_SHARE = 1 / 4

/** Counts what is spent, in Redis for all processes together. */
export function createLimits(redis: Redis, prefix: string): App['spend'] {
  const limiters = new Map<string, RateLimiterRedis>()
  const limiterOf = ({ points, seconds }: Rate, blind: 'share' | 'refuse') => {
    const name = `${points}/${seconds}/${blind}`
    const known = limiters.get(name)
    if (known) return known
    const rule = { keyPrefix: `${prefix}:limit:${seconds}`, duration: seconds }
    const own = new RateLimiterMemory({ ...rule, points: Math.max(1, Math.floor(points * BLIND_SHARE)) })
    const limiter = new RateLimiterRedis({
      ...rule,
      storeClient: redis,
      points,
      ...(blind === 'share' && { insuranceLimiter: own }),
    })
    limiters.set(name, limiter)
    return limiter
  }
  return async (key, rate, blind) => {
    try {
      await limiterOf(rate, blind).consume(key)
      return 0
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext)
      throw Unavailable({}, { cause: refused })
    }
  }
}
