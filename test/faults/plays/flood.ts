import type { Cluster } from '../cluster/index.ts'

/** Puts `count` events for one room into the outbox, as a command does; each carries `bytes` of filling. */
export async function flood({ db }: Cluster, room: string, count: number, bytes: number): Promise<void> {
  await db.raw(
    `insert into outbox (kind, name, payload, rooms, excluded)
     select 'event', 'flood:made', json_build_object('fill', repeat('x', ?::int))::text, array[?], '{}'
     from generate_series(1, ?::int)`,
    [bytes, room, count],
  )
}
