/** A web process as in production, save for stand-ins and limits: acks unchecked, its role asserted. */
import { run } from '../src/main/run.ts'
import { startWeb } from '../src/main/web.ts'

await run(config => startWeb({ ...config, production: true }))
