import { once } from 'node:events'
import { readConfig, type Config } from './config.ts'

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
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
  if (process.connected) process.disconnect()
}
