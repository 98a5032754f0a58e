import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { App } from '../../kernel/app.ts'
import { Unavailable } from '../../kernel/failure.ts'
import type { Rate } from '../../kernel/limit.ts'

/** The share of a limit each process grants by itself while Redis is away. */
const BLIND_SHARE = 1 / 4
/** How long Redis is left alone after it failed, so that not every command waits for it. */
const LEAVE_MS = 1000

interface Limiter {
  readonly shared: RateLimiterRedis
  /** What this process counts by itself. */
  readonly own: RateLimiterMemory
}

/**
 * Counts what is spent, in Redis for all processes together; each rate is multiplied by `scale`. Keys may name phones, so
 * Redis sees them through `veil`.
 */
export function createLimits(redis: Redis, prefix: string, scale: number, veil: (key: string) => string): App['spend'] {
  const limiters = new Map<string, Limiter>()
  let leaveUntil = 0

  function limiterOf({ points: base, seconds }: Rate): Limiter {
    const points = base * scale
    const name = `${points}/${seconds}`
    const known = limiters.get(name)
    if (known) return known
    const rule = { keyPrefix: `${prefix}:limit:${seconds}`, duration: seconds }
    const limiter = {
      shared: new RateLimiterRedis({ ...rule, points, storeClient: redis }),
      own: new RateLimiterMemory({ ...rule, points: Math.max(1, Math.floor(points * BLIND_SHARE)) }),
    }
    limiters.set(name, limiter)
    return limiter
  }

  return async (plain, rate, blind) => {
    const key = veil(plain)
    const { shared, own } = limiterOf(rate)
    if (performance.now() >= leaveUntil) {
      try {
        return await waitOf(shared.consume(key))
      } catch {
        leaveUntil = performance.now() + LEAVE_MS
      }
    }
    if (blind === 'refuse') throw Unavailable()
    return waitOf(own.consume(key))
  }
}

/** How long to wait until there is room again; 0 when there was. */
const waitOf = (spending: Promise<unknown>): Promise<number> =>
  spending.then(
    () => 0,
    (refused: unknown) => {
      if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext)
      throw refused
    },
  )
