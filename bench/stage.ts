/** What every bench plays on: PostgreSQL and Redis with their data on disk, and servers in processes of their own. */
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import knex, { type Knex } from 'knex'
import { release } from '../src/infra/db/release.ts'
import { startChild } from '../src/local/children.ts'
import { appUrl, createDatabase } from '../src/local/database.ts'
import { freshSecrets } from '../src/local/secrets.ts'
import { startLocalServices } from '../src/local/services.ts'
import { readConfig, type Config } from '../src/main/config.ts'
import { ASK, ASK_CLEAN, type Usage } from './probe.ts'

export type Kind = 'web' | 'worker' | 'bare'

export interface Server extends AsyncDisposable {
  readonly kind: Kind
  readonly url: string
  /** What it has used up to now. */
  usage(): Promise<Usage>
  /** The same after a collection of garbage. */
  cleanUsage(): Promise<Usage>
}

export interface Stage extends AsyncDisposable {
  /** The database as its owner. */
  readonly db: Knex
  readonly redis: Redis
  readonly config: Config
  /** Starts one more process. The first of Kith's leads the relay. */
  start(kind: Kind): Promise<Server>
  /** Lets PostgreSQL know what has been planted; by itself it would within a minute. */
  settle(): Promise<void>
  /** The CPU time of PostgreSQL's processes up to now, in microseconds. */
  databaseCpu(): Promise<number>
}

/** Limits are lifted, tokens last; else everything is as in production. */
const SETTINGS = {
  NODE_ENV: 'development',
  LIMIT_SCALE: '1000000',
  ACCESS_TOKEN_SECONDS: '3600',
  LOG_LEVEL: 'warn',
  HOST: '127.0.0.1',
  PORT: '0',
  INTERNAL_PORT: '0',
  REDIS_PREFIX: 'bench',
}

/** With a folder for profiles, each server leaves one of its CPU there. */
export async function openStage(profiles?: string): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-bench-'))
  chmodSync(folder, 0o755)
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const services = await startLocalServices({
    folder,
    want: { database: true, redis: true, storage: true, firebase: true, sms: true, mail: true },
    durable: true,
    redisBinary: process.env.REDIS_SERVER_BIN,
    path: process.env.PATH,
    announce: () => undefined,
  })
  stack.defer(services.stop)
  const { DATABASE_PASSWORD = '', ...secrets } = freshSecrets()
  const ownerUrl = await createDatabase(services.env.DATABASE_OWNER_URL ?? '', 'bench')
  const urls = { DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: appUrl(ownerUrl, DATABASE_PASSWORD) }
  await release(urls.DATABASE_OWNER_URL, urls.DATABASE_URL)

  const probe = ['--expose-gc', `--import=${new URL('probe.ts', import.meta.url).href}`]
  const profiling = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : []
  const NODE_OPTIONS = [...probe, ...profiling].join(' ')
  const env = { ...process.env, ...services.env, ...secrets, ...urls, ...SETTINGS, NODE_OPTIONS }
  const config = readConfig(env)
  const db = knex({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 4 } })
  stack.defer(() => db.destroy())
  const redis = new Redis(config.redis.url)
  stack.defer(() => redis.disconnect())

  const parts = stack.move()
  return {
    db,
    redis,
    config,
    start: kind => startServer(kind, env),
    async settle() {
      await db.raw('vacuum analyze')
    },
    databaseCpu: () => databaseCpu(db),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

async function startServer(kind: Kind, env: NodeJS.ProcessEnv): Promise<Server> {
  const child = await startChild(kind, `bench/${kind}.ts`, env)
  const ask = async (question: object): Promise<Usage> => {
    const answered = once(child.process, 'message')
    child.process.send(question)
    const [usage] = (await answered) as [Usage]
    return usage
  }
  return {
    kind,
    url: `http://127.0.0.1:${child.up.port}`,
    usage: () => ask(ASK),
    cleanUsage: () => ask(ASK_CLEAN),
    [Symbol.asyncDispose]: child.stop,
  }
}

/** Only Linux tells it, of each process in ticks of 10 ms; those of PostgreSQL have one parent, which counts the ended. */
async function databaseCpu(db: Knex): Promise<number> {
  if (process.platform !== 'linux') return NaN
  const { rows } = await db.raw<{ rows: [{ pid: number }] }>('select pg_backend_pid() as pid')
  const parent = statOf(String(rows[0].pid))?.parent
  const all = readdirSync('/proc').flatMap(pid => (/^\d+$/.test(pid) ? (statOf(pid) ?? []) : []))
  return all
    .filter(stat => stat.parent === parent || stat.pid === parent)
    .reduce((sum, { pid, own, ended }) => sum + own + (pid === parent ? ended : 0), 0)
}

function statOf(pid: string) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number)
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map(i => fields[i])
    return { pid: Number(pid), parent, own: (user + system) * 10_000, ended: (endedUser + endedSystem) * 10_000 }
  } catch {
    return null // it ended meanwhile
  }
}
