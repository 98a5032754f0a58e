import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import type { Place } from './canaries.ts'

/** A process of the server, and all it has said. */
export interface Tapped {
  readonly port: number
  readonly internalPort: number
  said(): string
  /** Resolves when it has said so. */
  says(what: string): Promise<void>
  stop(): Promise<void>
}

/** Starts an entry of `src/main` and listens to what it writes, to stdout and to stderr. */
export async function tap(entry: string, env: NodeJS.ProcessEnv): Promise<Tapped> {
  const child = fork(entry, { env, silent: true })
  const parts: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', part => parts.push(String(part)))
  const said = () => parts.join('')
  const closed = once(child, 'close')
  const [up] = (await Promise.race([once(child, 'message'), closed.then(() => [null])])) as [Tapped | null]
  if (!up) throw new Error(`${entry} ended before it was up: ${said()}`)
  return {
    port: up.port,
    internalPort: up.internalPort,
    said,
    async says(what) {
      while (child.stdout && !said().includes(what)) await once(child.stdout, 'data')
    },
    async stop() {
      child.kill('SIGTERM')
      await closed
    },
  }
}

/** What a process answers to whoever watches it. */
export async function watched({ internalPort }: Tapped): Promise<string> {
  const pages = ['/metrics', '/health/ready', '/health/live', '/nothing']
  const answers = await Promise.all(pages.map(page => fetch(`http://127.0.0.1:${internalPort}${page}`)))
  return (await Promise.all(answers.map(answer => answer.text()))).join('\n')
}

/** Everything one server keeps in Redis: the stream of its log, and all else, by name and by value. */
export async function keptInRedis(url: string, prefix: string): Promise<Place[]> {
  const redis = new Redis(url)
  try {
    const keys: string[] = []
    for await (const found of redis.scanStream({ match: `*${prefix}*`, count: 1000 })) keys.push(...(found as string[]))
    const kept: Place[] = []
    for (const key of keys) {
      const name = key.includes(':log:stream:') ? 'stream' : 'redis'
      kept.push({ name, text: `${key} ${await valueOf(redis, key)}` })
    }
    return kept
  } finally {
    redis.disconnect()
  }
}

async function valueOf(redis: Redis, key: string): Promise<string> {
  const read: Readonly<Record<string, () => Promise<unknown>>> = {
    string: () => redis.get(key),
    hash: () => redis.hgetall(key),
    list: () => redis.lrange(key, 0, -1),
    set: () => redis.smembers(key),
    zset: () => redis.zrange(key, 0, -1),
    stream: () => redis.xrange(key, '-', '+'),
    none: () => Promise.resolve(null), // it has expired
  }
  const type = await redis.type(key)
  const value = read[type]
  if (!value) throw new Error(`Nobody reads a ${type}`)
  return JSON.stringify(await value())
}
