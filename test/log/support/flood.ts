import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'

/** Puts events for one room into the outbox, as a command does; their payload counts from 1, with so many bytes beside. */
export async function flood(db: Knex, room: string, count: number, bytes = 0): Promise<void> {
  await db.raw(
    `insert into outbox (kind, name, payload, rooms, excluded)
     select 'event', 'test:flooded', json_build_object('n', n, 'pad', repeat('x', ?))::text, array[?], '{}'
     from generate_series(1, ?::int) n`,
    [bytes, room, count],
  )
}

/** A room nobody sits in. */
export const nowhere = () => `user:${randomUUID()}`
