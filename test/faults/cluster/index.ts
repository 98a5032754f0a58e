import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import knex, { type Knex } from 'knex'
import { release } from '../../../src/infra/db/release.ts'
import { appUrl, createDatabase } from '../../../src/local/database.ts'
import { freshSecrets } from '../../../src/local/secrets.ts'
import { startLocalServices } from '../../../src/local/services.ts'
import { readConfig, type Config } from '../../../src/main/config.ts'
import { openOwnRedis, type OwnRedis } from '../../log/support/own-redis.ts'
import { openBalancer } from './balancer.ts'
import { startNode, type Node } from './node.ts'
import { openOwnPostgres, type OwnPostgres } from './postgres.ts'
import type { Rewrite } from './rewrite.ts'

/** A whole server of its own, each part of which can be hurt: processes, PostgreSQL and Redis. */
export interface Cluster extends AsyncDisposable {
  readonly postgres: OwnPostgres
  readonly redis: OwnRedis
  readonly config: Config
  /** The database as its owner sees it. */
  readonly db: Knex
  readonly webs: readonly Node[]
  readonly workers: readonly Node[]
  /** Where a client finds one of the web processes that are up. */
  readonly url: string
  /** What they run now. */
  program(): Program
  /** Has the processes run this program with these rewrites; they are started anew only when that changes. */
  runs(program: Program): Promise<void>
}

/** What the processes run. */
export interface Program {
  readonly name: string
  readonly web: string
  readonly worker: string | null
  readonly rewrites: () => readonly Rewrite[]
  /** It keeps a log, so that a client has positions and can resume. */
  readonly hasLog: boolean
}

export const KITH: Program = {
  name: 'kith',
  web: 'src/main/web.ts',
  worker: 'src/main/worker.ts',
  hasLog: true,
  rewrites: () => [],
}

/** How long a process takes to send its sockets elsewhere, and how long somebody may be away unnoticed. */
export const DRAIN_SECONDS = 7
export const PRESENCE_GRACE_SECONDS = 2
const WEBS = ['web-1', 'web-2', 'web-3']
const WORKERS = ['worker-1', 'worker-2']

export async function openCluster(given: NodeJS.ProcessEnv = {}): Promise<Cluster> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-faults-'))
  chmodSync(folder, 0o755)
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const postgres = stack.use(await openOwnPostgres(folder))
  const redis = stack.use(await openOwnRedis())
  const services = await startLocalServices({
    folder,
    want: { database: false, redis: false, storage: true, firebase: true, sms: true, mail: true },
    announce: () => undefined,
  })
  stack.defer(services.stop)
  const { DATABASE_PASSWORD = '', ...secrets } = freshSecrets()
  const ownerUrl = await createDatabase(postgres.ownerUrl, 'kith')
  const url = appUrl(ownerUrl, DATABASE_PASSWORD)
  await release(ownerUrl, url)
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    ...services.env,
    ...secrets,
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    HOST: '127.0.0.1',
    INTERNAL_PORT: '0',
    LOG_LEVEL: 'warn',
    ACCESS_TOKEN_SECONDS: '3600',
    DRAIN_SECONDS: String(DRAIN_SECONDS),
    PRESENCE_GRACE_SECONDS: String(PRESENCE_GRACE_SECONDS),
    DATABASE_OWNER_URL: ownerUrl,
    LIMIT_SCALE: '1000000',
    ...given,
  }
  const db = knex({
    client: 'pg',
    connection: ownerUrl,
    pool: { min: 0, max: 4 },
    log: { warn: () => undefined, error: () => undefined },
  })
  stack.defer(() => db.destroy())

  let running: Program | null = null
  let webs: Node[] = []
  let workers: Node[] = []
  const balancer = stack.use(await openBalancer(() => webs))
  const stopAll = async () => {
    await Promise.all([...webs, ...workers].map(node => node[Symbol.asyncDispose]()))
  }
  stack.defer(stopAll)
  const startAll = (names: readonly string[], entry: string, { rewrites }: Program) =>
    Promise.all(
      names.map(name => {
        const named = new URL(url)
        named.searchParams.set('application_name', name) // tells in pg_stat_activity whose connection it is
        const log = path.join(folder, 'processes.log')
        return startNode({ name, entry, env: { ...env, DATABASE_URL: named.href }, rewrites, log })
      }),
    )
  const parts = stack.move()
  return {
    postgres,
    redis,
    db,
    config: readConfig({ ...env, PORT: '0' }),
    get webs() {
      return webs
    },
    get workers() {
      return workers
    },
    url: balancer.url,
    program: () => running ?? KITH,
    async runs(program) {
      if (running === program) return
      await stopAll()
      running = program
      ;[webs, workers] = await Promise.all([
        startAll(WEBS, program.web, program),
        program.worker ? startAll(WORKERS, program.worker, program) : [],
      ])
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
