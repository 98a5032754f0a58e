import { run } from './run.ts'
import { startWorker } from './serve.ts'

await run(startWorker)
