import { run } from './run.ts'
import { startWeb } from './serve.ts'

await run(startWeb)
