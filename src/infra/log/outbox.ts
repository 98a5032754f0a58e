import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import type { App } from '../../kernel/app.ts'
import type { LogKeys } from './keys.ts'

const RING_EVERY_MS = 2

/** The way into the log: rows written beside the change, and a bell that wakes the relay after the commit. */
export function createOutbox(redis: Redis, keys: LogKeys): App['log'] {
  let ringing = false
  return {
    async append(db: Knex, effects) {
      await db('outbox').insert(
        effects.map(({ kind, name, payload, rooms, except }) => ({
          kind,
          name,
          payload: JSON.stringify(payload),
          rooms,
          excluded: except,
        })),
      )
    },
    ring() {
      if (ringing) return
      ringing = true
      setTimeout(() => {
        ringing = false
        // A lost ring is no loss: the relay also looks by itself.
        redis.publish(keys.bell, '').catch(() => undefined)
      }, RING_EVERY_MS).unref()
    },
  }
}
