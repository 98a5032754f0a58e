import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { startRedis } from '../../../src/local/redis.ts'

/** A Redis of one test alone, which keeps nothing. */
export interface OwnRedis extends AsyncDisposable {
  readonly url: string
  /** It is there and answers nobody, until woken. */
  freeze(): void
  wake(): void
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Starts it again, empty, where it was. */
  restart(): Promise<void>
}

export async function openOwnRedis(): Promise<OwnRedis> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-redis-'))
  const source = {
    ...(process.env.REDIS_SERVER_BIN && { binary: process.env.REDIS_SERVER_BIN }),
    path: process.env.PATH ?? '',
    cacheDir: path.join(homedir(), '.cache/kith'),
  }
  const start = (port?: number) =>
    startRedis({ dataDir: folder, persistent: false, ...source, ...(port !== undefined && { port }) })
  let server = await start()
  let pid = await pidOf(server.url)
  const { url, port } = server
  return {
    url,
    freeze: () => void process.kill(pid, 'SIGSTOP'),
    wake: () => void process.kill(pid, 'SIGCONT'),
    async kill() {
      process.kill(pid, 'SIGKILL')
      await server.stop()
    },
    async restart() {
      server = await start(port)
      if (server.port !== port) throw new Error('Somebody took the port')
      pid = await pidOf(url)
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function pidOf(url: string): Promise<number> {
  const redis = new Redis(url)
  const info = await redis.info('server')
  redis.disconnect()
  return Number(/process_id:(\d+)/.exec(info)?.[1])
}
