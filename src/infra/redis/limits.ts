import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { App } from '../../kernel/app.ts'
import { TooFast, Unavailable } from '../../kernel/failure.ts'
import type { Claim, Rate } from '../../kernel/limit.ts'
import type { Pace } from '../../kernel/ports.ts'

/** The share of a limit each process grants by itself while Redis is away. */
const BLIND_SHARE = 1 / 4
/** What a process counts by itself it forgets after so long. */
const BLIND_SECONDS = 86_400
/** How long Redis is left alone after it failed, so that not every command waits for it. */
const LEAVE_MS = 1000

interface Limiter {
  readonly shared: RateLimiterRedis
  /** What this process counts by itself. */
  readonly own: RateLimiterMemory
}

export interface Counters {
  readonly spend: App['spend']
  /** Gives back what was spent on something that came to nothing, as far as the counters can be reached. */
  giveBack(claims: readonly Claim[]): Promise<void>
}

/**
 * Counts what is spent, in Redis for all processes together; each rate is multiplied by `scale`. Keys may name phones, so
 * Redis sees them through `veil`.
 */
export function createLimits(redis: Redis, prefix: string, scale: number, veil: (key: string) => string): Counters {
  const limiters = new Map<string, Limiter>()
  let leaveUntil = 0

  function limiterOf({ points: base, seconds }: Rate): Limiter {
    const points = base * scale
    const name = `${points}/${seconds}`
    const known = limiters.get(name)
    if (known) return known
    const keyPrefix = `${prefix}:limit:${seconds}`
    const limiter = {
      shared: new RateLimiterRedis({ keyPrefix, duration: seconds, points, storeClient: redis }),
      own: new RateLimiterMemory({
        keyPrefix,
        duration: Math.min(seconds, BLIND_SECONDS),
        points: Math.max(1, Math.floor(points * BLIND_SHARE)),
      }),
    }
    limiters.set(name, limiter)
    return limiter
  }

  return {
    async spend(claims, blind) {
      const accounts = accountsOf(claims)
      if (performance.now() >= leaveUntil) {
        try {
          return await takeAll(accounts, 'shared')
        } catch {
          leaveUntil = performance.now() + LEAVE_MS
        }
      }
      if (blind === 'refuse') throw Unavailable()
      return takeAll(accounts, 'own')
    },
    giveBack: claims => giveBackAll(accountsOf(claims), 'shared'),
  }

  function accountsOf(claims: readonly Claim[]): Account[] {
    return claims.flatMap(({ key, rates }) => {
      const veiled = veil(key)
      return [rates].flat().map(rate => ({ key: veiled, ...limiterOf(rate) }))
    })
  }
}

/** The same for what is counted within a command; a pace is no limit, so it is kept by counters without a scale. */
export const createPace = (spend: App['spend'], unscaled: App['spend']): Pace => ({
  take: async (key, rates) => (await unscaled([{ key, rates }], 'share')) === 0,
  async spend(...claims) {
    const retryAfterMs = await spend(claims, 'refuse')
    if (retryAfterMs > 0) throw TooFast({ retryAfterMs })
  },
})

/** What one rate has counted under one key. */
interface Account extends Limiter {
  readonly key: string
}

/**
 * Takes a point of every account, all in one message; where one has none, all are given theirs back. Each account is
 * a key of its own, because a cluster may keep them in different places. Answers the longest wait, 0 for none.
 */
async function takeAll(accounts: readonly Account[], where: keyof Limiter): Promise<number> {
  const waits = await Promise.all(accounts.map(account => waitOf(account[where].consume(account.key))))
  const longest = Math.max(...waits)
  if (longest > 0) await giveBackAll(accounts, where)
  return longest
}

async function giveBackAll(accounts: readonly Account[], where: keyof Limiter): Promise<void> {
  await Promise.allSettled(accounts.map(account => account[where].reward(account.key)))
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
