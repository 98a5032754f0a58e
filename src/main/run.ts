import { once } from 'node:events'
import { readConfig, type Config } from './config.ts'

/** How long closing may take when everybody has been sent away. */
const CLOSE_MS = 1900

interface Running extends AsyncDisposable {
  readonly port?: number
  readonly internalPort: number
  /** Takes no more work, and lets go of what it has within so many seconds. */
  drain(seconds: number): Promise<void>
}

/** Runs one process of the server until it is told to stop, then closes it in order. */
export async function run(start: (config: Config) => Promise<Running>): Promise<void> {
  try {
    const config = readConfig()
    await using running = await start(config)
    const { port, internalPort } = running
    // A parent that is gone, however it went, is a reason to stop as well.
    const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), once(process, 'disconnect')])
    process.send?.({ port, internalPort }) // from now on it may be told
    await told
    setTimeout(() => process.exit(1), config.drainSeconds * 1000 + CLOSE_MS).unref()
    await running.drain(config.drainSeconds)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
  if (process.connected) process.disconnect()
}
