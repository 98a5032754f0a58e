import type { Knex } from 'knex'
import { within } from '../../kernel/within.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Whoever asks for metrics does not wait longer for PostgreSQL. */
const PATIENCE_MS = 1000

interface Standing {
  readonly head: number
  readonly waiting: number
  /** How long the oldest of them has waited. */
  readonly seconds: number
  readonly parked: number
  /** The position of each consumer. */
  readonly consumers: Readonly<Record<string, number>>
}

async function standingOf(db: Knex): Promise<Standing> {
  const { rows } = await db.raw<{ rows: [Standing] }>(`
    select pos as head,
      (select count(*) from outbox) as waiting,
      coalesce((select extract(epoch from clock_timestamp() - at) from outbox order by id limit 1), 0)::float8 as seconds,
      (select count(*) from parked_entries) as parked,
      (select coalesce(json_object_agg(name, pos), '{}') from log_consumers) as consumers
    from log_head`)
  return rows[0]
}

/** Measures the log as PostgreSQL has it. Answers how to ask for its head. */
export function measureLog(metrics: Metrics, db: Knex): { head(): Promise<number> } {
  const standing = shared(() => within(PATIENCE_MS, standingOf(db)))
  const head = async () => (await standing()).head
  metrics.gauge('kith_log_head', 'The newest position of the log.', head)
  metrics.gauge('kith_outbox_rows', 'Rows committed and not in the log yet.', async () => (await standing()).waiting)
  metrics.gauge(
    'kith_outbox_oldest_seconds',
    'How long the oldest row has waited for its place in the log; 0 when none waits.',
    async () => (await standing()).seconds,
  )
  metrics.gauge(
    'kith_parked_entries',
    'Entries that a consumer could make nothing of; `npm run parked` lists them.',
    async () => (await standing()).parked,
  )
  metrics.gauges(
    'kith_consumer_position',
    'The position a consumer has reached.',
    'consumer',
    async () => (await standing()).consumers,
  )
  metrics.gauges('kith_consumer_lag', 'How many positions a consumer has yet to reach.', 'consumer', async () => {
    const { head, consumers } = await standing()
    return Object.fromEntries(Object.entries(consumers).map(([name, pos]) => [name, head - pos]))
  })
  return { head }
}

/** One reading for all who ask while it is under way. */
function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | null = null
  return () =>
    (reading ??= read().finally(() => {
      reading = null
    }))
}
