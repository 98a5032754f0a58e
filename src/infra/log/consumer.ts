/**
 * A consumer walks the log with a position of its own, kept in PostgreSQL: this one runs the reactions of the slices and
 * queues the jobs that they and commands ask for. Jobs are queued before the position commits, under ids made from
 * it, so a crash in between queues them again and Bull takes them for what they are. Redis that comes back empty has
 * lost its jobs; they are queued again from the log, which is why every job must be safe to run twice.
 * An entry that cannot be understood must not hold up all that follow: after a few tries it is parked, until somebody asks
 * for another.
 */
import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import type { App } from '../../kernel/app.ts'
import type { Job } from '../../kernel/job.ts'
import { assertShape } from '../../kernel/shape.ts'
import { transact, type Statement } from '../db/transaction.ts'
import { outage } from '../telemetry/outage.ts'
import { within } from '../../kernel/within.ts'
import type { EntryRow } from './entry.ts'
import { ENTRY_COLUMNS } from './history.ts'
import type { LogKeys } from './keys.ts'
import { park, unpark } from './parked.ts'
import { pause } from './pause.ts'

const NAME = 'reactions'
const BATCH = 200
const LOOK_EVERY_MS = 1000
/** How long entries gather before they are looked at: jobs are not so urgent, and one look costs the same for many. */
const GATHER_MS = 20
const RETRY_MS = 500
const QUEUE_MS = 5000
const TRIES = 3
const TRY_AGAIN_MS = 50

export interface QueuedJob {
  readonly job: Job
  readonly payload: unknown
  /** The same each time this job is queued. */
  readonly id: string
}

export interface ConsumerOptions {
  readonly app: App
  readonly redis: Redis
  /** A subscriber connection; the consumer hears on it that the log has grown. */
  readonly sub: Redis
  readonly keys: LogKeys
  readonly queue: (jobs: readonly QueuedJob[]) => Promise<void>
}

/** Starts the consumer. Several may run; a row lock lets one work at a time. */
export function startConsumer(options: ConsumerOptions): AsyncDisposable {
  const { app, redis, sub, keys } = options
  const stop = new AbortController()
  const stepping = outage(app.logger, `consumer ${NAME}`)
  // Bull waits for Redis as long as it takes; this transaction and its end must not.
  const queue: ConsumerOptions['queue'] = jobs => within(QUEUE_MS, options.queue(jobs))
  let grown = Promise.withResolvers<void>()
  const onMessage = (channel: string) => {
    if (channel === keys.head) grown.resolve()
  }
  sub.subscribe(keys.head).catch(() => undefined) // subscribed again by itself when Redis is back
  sub.on('message', onMessage)

  const running = (async () => {
    while (!stop.signal.aborted) {
      try {
        grown = Promise.withResolvers()
        const handled = redis.status === 'ready' ? await step({ ...options, queue }) : 0
        stepping.worked()
        if (handled < BATCH) {
          await Promise.race([grown.promise, pause(LOOK_EVERY_MS, stop.signal)])
          await pause(GATHER_MS, stop.signal)
        }
      } catch (err) {
        stepping.failed(err)
        await pause(RETRY_MS, stop.signal)
      }
    }
  })()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      sub.off('message', onMessage)
      await running
    },
  }
}

/** Handles one batch and answers how many entries it had; 0 while another consumer works. */
async function step({ app, redis, keys, queue }: ConsumerOptions): Promise<number> {
  if ((await redis.exists(keys.jobsMarker)) === 0) {
    await goBack(app.db)
    await redis.set(keys.jobsMarker, '1') // only now: whoever dies before has gone back for nothing
  }
  return transact(app.db, { readOnly: false, first: [ENROL, AGAIN, NEXT] }, async (db, answers) => {
    const [, again, next] = (await answers).map(answer => (answer?.rows ?? []) as ReadRow[])
    const [asked, rows] = [again ?? [], next ?? []]
    const entries = [...asked, ...rows]
    const { jobs, done, failed } = await understandAll(app, entries)
    await queue(jobs.map(job => ({ ...job, id: `${entries[0]?.epoch}:${job.id}` })))
    if (asked.length > 0) await unpark(db, NAME, done)
    for (const [row, err] of failed) {
      app.logger.error({ err, pos: row.pos, name: row.name, consumer: NAME }, 'an entry was parked')
      await park(db, NAME, row, err, TRIES)
    }
    const last = rows.at(-1)
    return { result: rows.length, last: last ? [moveTo(last.pos)] : [] }
  })
}

interface ReadRow extends EntryRow {
  readonly epoch: string
}

/** The position of this consumer, held until the transaction ends; nothing while another works. */
const MINE = `with mine as materialized (select pos from log_consumers where name = $1 for update skip locked)`
const READ = `select entry.*, (select epoch from log_head) as epoch from mine, lateral`
const COLUMNS = ENTRY_COLUMNS.join(', ')

const statement = (name: string, text: string, ...values: unknown[]): Statement => ({
  name: `consumer-${name}`,
  text,
  values: [NAME, ...values],
})
const ENROL = statement('enrol', `insert into log_consumers (name, pos) values ($1, 0) on conflict do nothing`)
const NEXT = statement(
  'next',
  `${MINE} ${READ} (select ${COLUMNS} from event_log where pos > mine.pos order by pos limit ${BATCH}) as entry`,
)
/** Parked entries for which somebody asked for another try. */
const AGAIN = statement(
  'again',
  `${MINE} ${READ} (
    select ${COLUMNS} from event_log where pos in (
      select pos from parked_entries where consumer = $1 and asked_at is not null order by pos limit ${BATCH}
    ) order by pos
  ) as entry`,
)
const moveTo = (pos: number) =>
  statement('move', `update log_consumers set pos = $2, updated_at = now() where name = $1`, pos)

/** Moves the position back by an hour. */
const goBack = (db: Knex) =>
  db.transaction(trx =>
    trx('logConsumers')
      .where({ name: NAME })
      .update({
        pos: trx.raw(`least(pos, (select min(pos) - 1 from event_log where at > now() - interval '1 hour'))`),
        updatedAt: trx.fn.now(),
      }),
  )

interface Understood {
  /** The jobs the entries ask for, in order. */
  readonly jobs: readonly QueuedJob[]
  /** The positions of those that were understood. */
  readonly done: readonly number[]
  /** The others, each with the error of its last try. */
  readonly failed: ReadonlyMap<EntryRow, unknown>
}

/** Tries those that fail a few times, all together, so that the others wait for them once. */
async function understandAll(app: App, rows: readonly EntryRow[]): Promise<Understood> {
  const jobs = new Map<EntryRow, readonly QueuedJob[]>()
  const failed = new Map<EntryRow, unknown>()
  const attempt = (row: EntryRow) => {
    try {
      jobs.set(row, jobsOf(app, row))
      failed.delete(row)
    } catch (err) {
      failed.set(row, err)
    }
  }
  rows.forEach(attempt)
  for (let tries = 1; failed.size > 0 && tries < TRIES; tries++) {
    await setTimeout(TRY_AGAIN_MS)
    for (const row of failed.keys()) attempt(row)
  }
  return { jobs: rows.flatMap(row => jobs.get(row) ?? []), done: [...jobs.keys()].map(({ pos }) => pos), failed }
}

/** The jobs one entry asks for. Names of a former version of the program are passed over. */
function jobsOf(app: App, row: EntryRow): QueuedJob[] {
  if (row.kind === 'redacted' || row.kind === 'redaction') return []
  const jobs: QueuedJob[] = []
  const take = (job: Job, payload: unknown) => {
    if (app.jobs.get(job.name) !== job) throw new Error(`Undeclared job: ${job.name}`)
    assertShape(job.payload, payload, job.name)
    jobs.push({ job, payload, id: `${row.pos}-${jobs.length}` })
  }
  const payload: unknown = JSON.parse(row.payload)
  if (row.kind === 'job') {
    const job = app.jobs.get(row.name)
    if (job) take(job, payload)
  } else for (const reaction of app.reactions.get(row.name) ?? []) reaction.run(payload, take)
  return jobs
}
