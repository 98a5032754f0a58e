import { appendFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { startChild, type Child } from '../../../src/local/children.ts'
import { freePort } from '../../../src/local/network.ts'
import { environmentOf, type Rewrite } from './rewrite.ts'

/** One process of the server, started again at the same address whenever it ends. */
export interface Node extends AsyncDisposable {
  readonly name: string
  readonly url: string
  readonly internalUrl: string
  readonly pid: number
  /** Whether it takes connections; also while it sleeps. */
  readonly isUp: boolean
  /** How often it ended by a signal: killed by the run, or by what was rewritten in it. */
  readonly deaths: number
  /** Each time it ended by itself, which nothing may bring about: its exit code. */
  readonly falls: readonly number[]
  kill(): void
  /** It is there and does nothing, until woken. */
  freeze(): void
  wake(): void
  /** Asks it to stop; answers how long that took in milliseconds. It is started again. */
  stop(): Promise<number>
  /** Resolves when it is up. */
  up(): Promise<void>
}

export interface NodeOptions {
  readonly name: string
  readonly entry: string
  readonly env: NodeJS.ProcessEnv
  /** What is rewritten in it; asked at each start, so that each life can differ. */
  readonly rewrites: () => readonly Rewrite[]
  readonly log: string
}

export async function startNode({ name, entry, env, rewrites, log }: NodeOptions): Promise<Node> {
  const port = await freePort()
  const falls: number[] = []
  let deaths = 0
  const ending = new AbortController()
  let frozen = false
  let isUp = true
  let child: Child | null = null
  let rising = Promise.withResolvers<void>()

  const start = () =>
    startChild(name, entry, { ...env, ...environmentOf(rewrites()), PORT: String(port) }, line =>
      appendFileSync(log, `${name} ${line}\n`),
    )

  const fell = () => {
    if (isUp) rising = Promise.withResolvers()
    isUp = false
  }

  child = await start()
  rising.resolve()
  const living = (async () => {
    while (!ending.signal.aborted && child) {
      const code = await child.ended
      if (ending.signal.aborted) return
      fell()
      if (code === null) deaths += 1
      else if (code !== 0) falls.push(code)
      child = null
      for (let attempt = 0; !child && !ending.signal.aborted; attempt++) {
        if (attempt > 0) await setTimeout(200) // what it needs to start may be away
        child = await start().catch(() => null)
      }
      isUp = true
      rising.resolve()
      if (ending.signal.aborted) child?.process.kill('SIGKILL')
    }
  })()

  const signal = (what: NodeJS.Signals) => {
    frozen = what === 'SIGSTOP'
    if (what === 'SIGKILL') fell()
    child?.process.kill(what)
  }
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    get internalUrl() {
      return `http://127.0.0.1:${child?.up.internalPort ?? 0}`
    },
    get pid() {
      return child?.process.pid ?? 0
    },
    get isUp() {
      return isUp
    },
    get deaths() {
      return deaths
    },
    falls,
    kill: () => signal('SIGKILL'),
    freeze: () => signal('SIGSTOP'),
    wake: () => signal('SIGCONT'),
    async stop() {
      const started = performance.now()
      const leaving = child
      fell()
      leaving?.process.kill('SIGTERM')
      await leaving?.ended
      return performance.now() - started
    },
    async up() {
      await rising.promise
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      if (frozen) signal('SIGCONT')
      signal('SIGKILL')
      await living
    },
  }
}
