import { every } from './every.ts'

/** Ends each connection of the server to PostgreSQL with this likelihood. */
export const cutPostgres = (ms: number, share: number) =>
  every(ms, async ({ cluster: { db }, random }) => {
    const pids = await db('pg_stat_activity')
      .where({ usename: 'kith_app' })
      .pluck('pid')
      .catch(() => [] as number[])
    const chosen = (pids as number[]).filter(() => random.next() < share)
    await db.raw('select pg_terminate_backend(pid) from unnest(?::int[]) pid', [chosen]).catch(() => undefined)
  })

/** PostgreSQL stops in the middle of everything and recovers. */
export const crashPostgres = (ms: number) => every(ms, ({ cluster }) => cluster.postgres.crash())
