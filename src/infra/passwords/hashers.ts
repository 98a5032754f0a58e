import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { TooFast, Unavailable } from '../../kernel/failure.ts'

/** Makes a hash of `secret`, or compares it with the given one. */
export interface Task {
  readonly secret: string
  readonly cost: number
  readonly hash: string | null
}

export interface Answer {
  readonly hash: string
  readonly right: boolean
  /** How long it took, without the wait. */
  readonly ms: number
}

interface Job {
  readonly task: Task
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** A place in the line, until it is disposed of. */
export interface Turn extends Disposable {
  /** Throws `Unavailable` when its child dies. */
  run(task: Task): Promise<Answer>
}

export interface Hashers {
  /** Stands in line, or before it among those who are first; throws `TooFast` when it would take too long until its turn. */
  turn(isFirst: boolean): Turn
  /** Ends every child; who waits is told `Unavailable`. */
  close(): Promise<void>
}

const PROGRAM = fileURLToPath(import.meta.resolve('./hasher.ts'))
const MAX_WAITING = 50
const PATIENCE_MS = 4000

/**
 * At most `size` child processes that hash, each started when there is work for it: hashing takes neither the event loop,
 * nor the threads that check tokens and look up names, nor the processor from those who need it sooner.
 */
export function openHashers(size: number, guessedMs: number): Hashers {
  const children = new Set<ChildProcess>()
  const idle: ChildProcess[] = []
  const busy = new Map<ChildProcess, Job>()
  const waiting = { first: [] as Job[], rest: [] as Job[] }
  let turns = 0
  let firstTurns = 0
  let usualMs = guessedMs
  let closed = false

  function start(): ChildProcess {
    // It needs nothing of the environment, which is full of secrets.
    const child = fork(PROGRAM, { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    children.add(child)
    child.on('message', (answer: Answer) => {
      usualMs += (answer.ms - usualMs) / 4
      busy.get(child)?.resolve(answer)
      busy.delete(child)
      idle.push(child)
      next()
    })
    child.once('exit', (code, signal) => lose(child, new Error(`A hasher ended: ${signal ?? code}`)))
    child.on('error', error => lose(child, error))
    return child
  }

  function lose(child: ChildProcess, cause: Error): void {
    children.delete(child)
    if (idle.includes(child)) idle.splice(idle.indexOf(child), 1)
    busy.get(child)?.reject(Unavailable({}, { cause }))
    busy.delete(child)
    next()
  }

  function next(): void {
    while (waiting.first.length + waiting.rest.length > 0) {
      const child = idle.pop() ?? (children.size < size ? start() : undefined)
      const job = child && (waiting.first.shift() ?? waiting.rest.shift())
      if (!job) return
      busy.set(child, job)
      child.send(job.task)
    }
  }

  async function run(line: Job[], task: Task): Promise<Answer> {
    if (closed) throw Unavailable()
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    line.push({ task, resolve, reject })
    next()
    return promise
  }

  return {
    turn(isFirst) {
      if (closed) throw Unavailable()
      const ahead = isFirst ? firstTurns : turns - size
      const untilTurnMs = turns < size ? 0 : ((ahead + 1) / size) * usualMs
      const isLate = untilTurnMs > 0 && untilTurnMs + usualMs > PATIENCE_MS
      if (isLate || ahead >= MAX_WAITING) throw TooFast({ retryAfterMs: Math.ceil(untilTurnMs) })
      turns += 1
      firstTurns += Number(isFirst)
      return {
        run: task => run(isFirst ? waiting.first : waiting.rest, task),
        [Symbol.dispose]() {
          turns -= 1
          firstTurns -= Number(isFirst)
        },
      }
    },
    async close() {
      closed = true
      for (const { reject } of [...waiting.first.splice(0), ...waiting.rest.splice(0)]) reject(Unavailable())
      const ended = [...children].map(child => new Promise(resolve => child.once('exit', resolve)))
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(ended)
    },
  }
}
