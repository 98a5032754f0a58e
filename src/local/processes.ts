import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { hasCode } from './files.ts'

/** A server in a process of its own: started by us, or found running after the one who started it died. */
export interface ServerProcess {
  readonly pid: number
  /** Waits at most `ms` milliseconds; tells whether the process has ended. */
  endsWithin(ms: number): Promise<boolean>
}

/**
 * Starts a server that logs to a file. It is detached, so that Ctrl-C in a terminal reaches it only through us, and it
 * writes to no pipe of ours, so that it lives on undisturbed if we are killed.
 */
export async function startProcess(
  file: string,
  args: readonly string[],
  { log, ...options }: Omit<SpawnOptions, 'detached' | 'stdio'> & { readonly log: string },
): Promise<ServerProcess> {
  const output = openSync(log, 'w', 0o600)
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  await once(child, 'spawn')
  child.unref()
  return ownProcess(child)
}

function ownProcess(child: ChildProcess): ServerProcess {
  if (child.pid === undefined) throw new Error(`${child.spawnfile} did not start`)
  const ended = once(child, 'exit').then(() => true)
  return {
    pid: child.pid,
    async endsWithin(ms) {
      const timer = new AbortController()
      const late = delay(ms, false, { signal: timer.signal }).catch(() => false)
      return Promise.race([ended, late]).finally(() => timer.abort())
    },
  }
}

/** A running process that is not our child: its end can only be looked for. */
export const foundProcess = (pid: number): ServerProcess => ({
  pid,
  async endsWithin(ms) {
    const deadline = Date.now() + ms
    while (isRunning(pid)) {
      if (Date.now() > deadline) return false
      await delay(20)
    }
    return true
  },
})

/** Ends a process, with a stronger signal each time it has not obeyed for `patienceMs`. */
export async function endProcess(
  server: ServerProcess,
  signals: readonly NodeJS.Signals[],
  patienceMs = 10_000,
): Promise<void> {
  for (const signal of signals) {
    if (!signalProcess(server.pid, signal)) return
    if (await server.endsWithin(patienceMs)) return
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

/** Whether a process runs. One that ended and was never reaped, as in containers without an init, does not. */
export function isRunning(pid: number): boolean {
  if (!signalProcess(pid, 0)) return false
  if (process.platform !== 'linux') return true
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** The command line of a running process, or nothing when it cannot be read. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}
