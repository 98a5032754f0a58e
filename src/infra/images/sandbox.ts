import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UnreadableMedia, type RenderedImage, type UnreadableReason } from '../../kernel/media.ts'

/** What a process tells of the photo it is given. */
export type Report =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'done'; readonly image: RenderedImage }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason }

/** What one photo may take. */
export interface Bounds {
  readonly seconds: number
  /** Of memory, in the whole process; held to where there is /proc. */
  readonly megabytes: number
}

/** A process that renders one photo after another, until one of them ends it. */
export interface Sandbox {
  readonly pid: number | undefined
  /**
   * Throws `UnreadableMedia` where the fault is the file’s, also that it takes too much; `Broken` where the process broke over
   * it, and any other error where it was ended.
   */
  render(original: Buffer, progress: (share: number) => void): Promise<RenderedImage>
  /** The megabytes of memory it has, where that can be told. */
  megabytes(): number
  isAlive(): boolean
  end(): Promise<void>
}

const PROGRAM = fileURLToPath(import.meta.resolve('./process.ts'))
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** The program and its libraries; what lies beside them, such as keys, is not its business. */
const READABLE = ['src/*', 'node_modules/*', 'package.json'].map(path => `--allow-fs-read=${ROOT}${path}`)
const LOOK_EVERY_MS = 50

/** Writes nothing and starts nothing; the environment, full of secrets, is not given to it. */
const CONFINED = ['--permission', '--allow-addons', ...READABLE, '--disable-warning=SecurityWarning']
/** The memory allocator keeps one pool: each holds on to what one photo took, and one picture at a time does not fight over it. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '1' }

/** The process ended by itself, as one does in which a decoder broke. */
export class Broken extends Error {
  override name = 'Broken'
}
/** What a process is sent by itself, or by the system, for what it did; any other end is brought about from outside. */
const BREAKS: readonly unknown[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS']

export function openSandbox({ seconds, megabytes: most }: Bounds): Sandbox {
  const child = fork(PROGRAM, {
    env: ENVIRONMENT,
    execArgv: CONFINED,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let alive = true
  const ended = new Promise<void>(resolve => {
    for (const end of ['exit', 'error'])
      child.once(end, () => {
        alive = false
        resolve()
      })
  })
  const lastWords = tailOf(child)

  return {
    pid: child.pid,
    async render(original, progress) {
      const { promise, resolve, reject } = Promise.withResolvers<RenderedImage>()
      const stop = (reason: UnreadableReason) => {
        alive = false
        reject(new UnreadableMedia(reason))
        child.kill('SIGKILL')
      }
      const hear = (report: Report) => {
        if (report.kind === 'progress') progress(report.share)
        else if (report.kind === 'done') resolve(report.image)
        else reject(new UnreadableMedia(report.reason))
      }
      child.on('message', hear)
      const die = (how: unknown, signal?: unknown) => {
        const message = `The process that renders photos ended: ${String(signal ?? how)} ${lastWords()}`
        const hasBroken = BREAKS.includes(signal) || (typeof how === 'number' && how !== 0)
        reject(hasBroken ? new Broken(message) : new Error(message))
      }
      child.once('exit', die).once('error', die)
      const late = setTimeout(stop, seconds * 1000, 'too_slow')
      const watch = setInterval(() => megabytesOf(child) > most && stop('too_heavy'), LOOK_EVERY_MS)
      child.send(original, error => error && reject(error))
      try {
        return await promise
      } finally {
        clearTimeout(late)
        clearInterval(watch)
        child.off('message', hear).off('exit', die).off('error', die)
      }
    },
    megabytes: () => megabytesOf(child),
    isAlive: () => alive,
    async end() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The memory of a process in megabytes; 0 where the system does not tell, and when it is over. */
function megabytesOf({ pid }: ChildProcess): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}

const TAIL = 2000

/** The last of what a process has said of its errors. */
function tailOf({ stderr }: ChildProcess): () => string {
  let said = ''
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-TAIL)
  })
  return () => said.trim()
}
