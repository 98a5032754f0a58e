import { once } from 'node:events'
import { readConfig, type Config } from './config.ts'

/** How long closing may take; whoever started the process will not wait longer either. */
const CLOSE_MS = 9000

interface Running extends AsyncDisposable {
  readonly port?: number
  readonly internalPort: number
}

/** Runs one process of the server until it is told to stop, then closes it in order. */
export async function run(start: (config: Config) => Promise<Running>): Promise<void> {
  try {
    await using running = await start(readConfig())
    const { port, internalPort } = running
    process.send?.({ port, internalPort })
    // A parent that is gone, however it went, is a reason to stop as well.
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), once(process, 'disconnect')])
    setTimeout(() => process.exit(1), CLOSE_MS).unref()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
  if (process.connected) process.disconnect()
}
