import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A server process of its own, as in production. */
export interface Child {
  readonly name: string
  readonly process: ChildProcess
  /** What it sent when it was up. */
  readonly up: { readonly port?: number; readonly internalPort: number }
  /** Resolves when it has ended, with its exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>
  /** Asks it to stop and waits; 10 s after it should have drained it is ended. */
  stop(): Promise<void>
}

/** Starts an entry of `src/main` with exactly this environment and waits until it is up. */
export async function startChild(
  name: string,
  entry: string,
  env: NodeJS.ProcessEnv,
  onLine?: (line: string) => void,
): Promise<Child> {
  const child = spawn(process.execPath, [entry], {
    env,
    stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'inherit', 'ipc'],
  })
  child.stdout?.setEncoding('utf8').on('data', (text: string) =>
    text
      .split('\n')
      .filter(Boolean)
      .forEach(line => onLine?.(line)),
  )
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const up = await Promise.race([once(child, 'message').then(([message]) => message as Child['up']), ended])
  if (up === null || typeof up === 'number') throw new Error(`${name} ended before it was up`)
  return {
    name,
    process: child,
    up,
    ended,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000 + 1000 * Number(env.DRAIN_SECONDS ?? 0))
      await ended
      clearTimeout(timer)
    },
  }
}
