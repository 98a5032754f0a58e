import type { Redis } from 'ioredis'
import type { UserId } from '../../kernel/scope.ts'

/** How long somebody whose socket flooded the server may not connect, on any node. */
export const COOLDOWN_MS = 60_000

export interface Cooldown {
  begin(person: UserId): void
  /** How long it still lasts; 0 when there is none, or nobody can tell. */
  left(person: UserId): Promise<number>
}

/** Keeps who has to cool down in Redis. While that is away nobody has to: the limit on connects still holds. */
export function createCooldown(redis: Redis, prefix: string): Cooldown {
  const keyOf = (person: UserId) => `${prefix}:cooldown:${person}`
  return {
    begin(person) {
      redis.set(keyOf(person), '1', 'PX', COOLDOWN_MS).catch(() => undefined)
    },
    left: person =>
      redis.pttl(keyOf(person)).then(
        ms => Math.max(0, ms),
        () => 0,
      ),
  }
}
