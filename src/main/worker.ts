import { serveInternal } from '../infra/http/internal.ts'
import { startConsumer } from '../infra/log/consumer.ts'
import { openQueues } from '../infra/queues/bull.ts'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { run } from './run.ts'

/** A worker process: jobs and the consumer that feeds them; no public port. */
export async function startWorker(config: Config) {
  await using stack = new AsyncDisposableStack()
  const { app, recordings, metrics, redis, sub, keys, relay, checks } = stack.use(await buildApp(config, 'worker'))
  let draining = false
  const readiness = async () => ({ ...(await checks()), open: !draining })
  const { port, host } = config.internal
  const internal = stack.use(await serveInternal(port, host, metrics.registry, readiness))
  const queues = stack.use(
    openQueues({
      url: config.redis.url,
      prefix: config.redis.prefix,
      logger: app.logger,
      concurrency: { notify: 8, push: 8, messages: 4, images: config.imageJobs, recordings: 1, upkeep: 1 },
    }),
  )
  await queues.work(app, metrics.job)
  const consumer = stack.use(startConsumer({ app, redis, sub, keys, queue: queues.add }))
  app.logger.info({ internalPort: internal.port }, 'worker is up')
  const parts = stack.move()
  return {
    app,
    internalPort: internal.port,
    async drain() {
      draining = true
      recordings[Symbol.dispose]() // what takes longer than that is begun anew by another worker
      const jobs = async () => {
        await consumer[Symbol.asyncDispose]()
        await queues[Symbol.asyncDispose]()
      }
      await Promise.all([relay[Symbol.asyncDispose](), jobs()])
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

if (import.meta.main) await run(startWorker)
