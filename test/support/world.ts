import { randomBytes } from 'node:crypto'
import type { ExecutionContext, TestFn } from 'ava'
import knex, { type Knex } from 'knex'
import { appUrl, createDatabase, dropDatabase } from '../../src/local/database.ts'
import { readConfig, type Config } from '../../src/main/config.ts'
import { startWeb } from '../../src/main/web.ts'
import { startWorker } from '../../src/main/worker.ts'
import { signUp, type Person } from './person.ts'

/** A whole server of its own: two web nodes and a worker on a database and a Redis prefix nobody else uses. */
export interface World extends AsyncDisposable {
  readonly urls: readonly [string, string]
  readonly env: NodeJS.ProcessEnv
  readonly config: Config
  /** The database as its owner sees it, to look at rows from outside. */
  readonly db: Knex
  /** Signs new people in, on the two nodes in turn, and connects them. */
  cast<const N extends readonly string[]>(...names: N): Promise<{ [K in keyof N]: Person }>
}

export interface WorldOptions {
  readonly worker?: boolean
  readonly env?: NodeJS.ProcessEnv
}

/** The environment of a server on a fresh copy of the template database. */
export async function freshEnvironment(given: NodeJS.ProcessEnv = {}) {
  const server = process.env.DATABASE_OWNER_URL
  if (!server) throw new Error('Run tests with: npm test -- <file>')
  const name = `kith_${randomBytes(6).toString('hex')}`
  const ownerUrl = await createDatabase(server, name, 'kith_template')
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'test',
    DATABASE_OWNER_URL: ownerUrl,
    DATABASE_URL: appUrl(ownerUrl, process.env.KITH_TEST_DATABASE_PASSWORD ?? ''),
    DATABASE_POOL: '5',
    REDIS_PREFIX: name,
    HOST: '127.0.0.1',
    PORT: '0',
    INTERNAL_PORT: '0',
    LOG_LEVEL: 'error',
    LIMIT_SCALE: '10000', // in a moment, and from one address, a test does what a crowd does in a day
    PASSWORD_COST: '4',
    FFMPEG_BIN: 'none', // it would be asked what it can at every start
    ...given,
  }
  return { env, ownerUrl, drop: () => dropDatabase(server, name) }
}

export async function openWorld({ worker = true, env: given = {} }: WorldOptions = {}): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const { env, ownerUrl, drop } = await freshEnvironment(given)
  stack.defer(drop)
  const db = knex({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 4 } })
  stack.defer(() => db.destroy())
  const config = readConfig(env)
  if (worker) stack.use(await startWorker(config))
  const first = stack.use(await startWeb(config))
  const second = stack.use(await startWeb(config))
  const urls = [first, second].map(({ port }) => `http://127.0.0.1:${port}`) as [string, string]

  const people: Person[] = []
  stack.defer(() => people.forEach(person => person.client.close()))
  const parts = stack.move()
  return {
    urls,
    env,
    config,
    db,
    async cast<const N extends readonly string[]>(...names: N) {
      const cast = await Promise.all(
        names.map((name, i) =>
          signUp({ name, url: urls[(people.length + i) % 2] as string, inbox: env.SMS_ENDPOINT ?? '' }),
        ),
      )
      people.push(...cast)
      return cast as { [K in keyof N]: Person }
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

export type WorldTest = TestFn<World>
export type Assertions = ExecutionContext<World>

/** Gives every test of a file one world, opened before the first and closed after the last. */
export function withWorld(test: WorldTest, options?: WorldOptions): void {
  test.before(async t => {
    t.context = await openWorld(options)
  })
  test.after.always(t => t.context[Symbol.asyncDispose]?.())
}
