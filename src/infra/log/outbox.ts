import type { Redis } from 'ioredis'
import type { Effect } from '../../kernel/scope.ts'
import type { Statement } from '../db/transaction.ts'
import type { LogKeys } from './keys.ts'

const RING_EVERY_MS = 2
const COLUMNS = ['kind', 'name', 'payload', 'rooms', 'excluded', 'subjects', 'erases']

/** The statement that puts effects into the outbox, in their order. */
export function toOutbox(effects: readonly Effect[]): Statement {
  const rows = effects.map((_, row) => `(${COLUMNS.map((_, at) => `$${row * COLUMNS.length + at + 1}`).join(', ')})`)
  return {
    name: `outbox-${effects.length}`,
    text: `insert into outbox (${COLUMNS.join(', ')}) values ${rows.join(', ')}`,
    values: effects.flatMap(({ kind, name, payload, rooms, except, subjects, erases }) => [
      kind,
      name,
      JSON.stringify(payload),
      rooms,
      except,
      subjects,
      erases,
    ]),
  }
}

/** A bell that wakes the relay after a commit: at once, and then every 2 ms at most. */
export function doorbell(redis: Redis, keys: LogKeys): () => void {
  let rungAt = -Infinity
  let ringing = false
  function ring() {
    ringing = false
    rungAt = performance.now()
    // A lost ring is no loss: the relay also looks by itself.
    redis.publish(keys.bell, '').catch(() => undefined)
  }
  return () => {
    if (ringing) return
    if (performance.now() - rungAt >= RING_EVERY_MS) return ring()
    ringing = true
    setTimeout(ring, RING_EVERY_MS).unref()
  }
}
