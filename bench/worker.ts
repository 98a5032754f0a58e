/** A worker process as in production, save for stand-ins and limits. */
import { run } from '../src/main/run.ts'
import { startWorker } from '../src/main/worker.ts'

await run(config => startWorker({ ...config, production: true }))
