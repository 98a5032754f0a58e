import Bull, { type Job as BullJob, type Queue } from 'bull'
import type { Redis, RedisOptions } from 'ioredis'
import type { App, Logger } from '../../kernel/app.ts'
import { QUEUES, workOf, type Job, type QueueName } from '../../kernel/job.ts'
import { assertShape } from '../../kernel/shape.ts'
import type { QueuedJob } from '../log/consumer.ts'
import { queueRedis } from '../redis/connect.ts'

/** A job whose worker died is taken over within 10 s; one that took three workers with it is given up. */
const TAKE_OVER = { lockDuration: 6000, stalledInterval: 3000, maxStalledCount: 3 }
/** How soon a worker asks for work again after Redis was away. */
const RETRY_MS = 500
const HOUR = 3600
const WEEK = 7 * 24 * HOUR

export interface QueuesOptions {
  readonly url: string
  /** Names in Redis begin with it; in braces, so that a Redis Cluster keeps a queue on one node. */
  readonly prefix: string
  readonly logger: Logger
  /** How many jobs of each queue run at once in this process. */
  readonly concurrency: Readonly<Record<QueueName, number>>
}

export interface Queues extends AsyncDisposable {
  /** Queues jobs; one whose id is known already is not queued twice. */
  add(jobs: readonly QueuedJob[]): Promise<void>
  /** Runs every declared job here, and sees to it that the periodic ones are scheduled once for all workers. */
  work(app: App, observe: (job: string, outcome: 'done' | 'failed', seconds: number) => void): Promise<void>
}

/** Opens the Bull queues, one for each kind of work. */
export function openQueues({ url, prefix, logger, concurrency }: QueuesOptions): Queues {
  const connections: Redis[] = []
  const connect = (options: RedisOptions = {}) => {
    const redis = queueRedis(url, logger, 'kith-jobs', options)
    connections.push(redis)
    return redis
  }
  const shared = { client: connect(), subscriber: connect() }
  const createClient = (type: 'client' | 'subscriber' | 'bclient', options?: RedisOptions) =>
    type === 'bclient' ? connect(options) : shared[type]

  const queues = new Map<QueueName, Queue>(
    QUEUES.map(name => [
      name,
      new Bull(name, {
        prefix: `{${prefix}:jobs}`,
        createClient,
        settings: { ...TAKE_OVER, retryProcessDelay: RETRY_MS },
      }),
    ]),
  )
  for (const bull of queues.values()) bull.on('error', () => undefined) // its connections say it, once
  const of = (name: QueueName) => queues.get(name) as Queue

  return {
    async add(jobs) {
      const byQueue = Map.groupBy(jobs, ({ job }) => job.queue)
      await Promise.all(
        [...byQueue].map(([name, group]) =>
          of(name).addBulk(
            group.map(({ job, payload, id }) => ({
              name: job.name,
              data: payload,
              opts: { ...optionsOf(job), jobId: id },
            })),
          ),
        ),
      )
    },
    async work(app, observe) {
      const jobs = [...app.jobs.values()]
      for (const [name, bull] of queues) {
        const known = new Map(jobs.filter(({ queue }) => queue === name).map(job => [job.name, job]))
        // One processor for all names: with one each, Bull would multiply the concurrency by their number.
        bull
          .process('*', concurrency[name], bullJob => run(app, known, bullJob, observe))
          .catch((err: unknown) => logger.error({ err, queue: name }, 'queue stopped'))
        // Heard also of a job whose workers died under it, which no processor hears of.
        bull.on('failed', (bullJob, err) => {
          afterFailure(app, known, bullJob, err).catch((err: unknown) =>
            logger.error({ err, job: bullJob.name }, 'broken'),
          )
        })
      }
      const schedule = async () => {
        for (const job of jobs)
          if (job.everySeconds)
            await of(job.queue).add(job.name, {}, { ...optionsOf(job), repeat: { every: job.everySeconds * 1000 } })
      }
      // Redis that comes back empty has lost the schedule; writing it again changes nothing.
      shared.client.on('ready', () => {
        schedule().catch((err: unknown) => logger.warn({ err }, 'jobs not scheduled'))
      })
      await schedule()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...queues.values()].map(bull => bull.close()))
      for (const redis of connections) redis.disconnect()
    },
  }
}

const optionsOf = (job: Job) => ({
  attempts: job.attempts,
  backoff: { type: 'exponential', delay: 500 },
  removeOnComplete: { age: HOUR, count: 1000 },
  removeOnFail: { age: WEEK, count: 5000 },
})

async function run(
  app: App,
  known: ReadonlyMap<string, Job>,
  bullJob: BullJob,
  observe: (job: string, outcome: 'done' | 'failed', seconds: number) => void,
): Promise<void> {
  const job = known.get(bullJob.name)
  if (!job) throw new Error(`Unknown job: ${bullJob.name}`)
  const payload: unknown = bullJob.data
  assertShape(job.payload, payload, job.name)
  const started = performance.now()
  const done = (outcome: 'done' | 'failed') => observe(job.name, outcome, (performance.now() - started) / 1000)
  await job.run(workOf(app), payload).then(
    () => done('done'),
    (error: unknown) => {
      done('failed')
      throw error
    },
  )
}

/** Says that an attempt failed, and lets the job end what it began when it was the last. */
async function afterFailure(app: App, known: ReadonlyMap<string, Job>, bullJob: BullJob, err: Error): Promise<void> {
  const job = known.get(bullJob.name)
  app.logger.warn({ err, job: bullJob.name, attempt: bullJob.attemptsMade, of: job?.attempts }, 'job failed')
  if (job?.gaveUp && (await bullJob.isFailed())) await job.gaveUp(workOf(app), bullJob.data)
}
