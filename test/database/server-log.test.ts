import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import anyTest from 'ava'
import { connectDb } from '../../src/infra/db/connect.ts'
import { refusalOf, rowsOf } from '../support/database.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

test('what a statement was given is neither in its error nor in the log of PostgreSQL', async t => {
  const { db, env } = t.context
  const heard: unknown[] = []
  const say = (...said: unknown[]) => void heard.push(said)
  const logger = { info: say, warn: say, error: say }
  const app = connectDb({ url: env.DATABASE_URL ?? '', poolSize: 1, name: 'test', logger })
  t.teardown(() => app.destroy())
  const [mark, canary] = [0, 1].map(() => `zq${randomBytes(8).toString('hex')}`) as [string, string]
  const attempts = [
    ['select 1 / length(?::text) - 1 / (length(?::text) - 18)', [canary, canary], '22012'],
    [`insert into profiles (user_id, bio) values (uuidv7(), ?)`, [canary.padEnd(600)], '23514'],
    [`insert into profiles (user_id, bio) values (uuidv7(), ?)`, [canary], '23503'],
  ] as const
  for (const [sql, values, code] of attempts) {
    const asked = app.transaction(trx => trx.raw(`${sql} /* ${mark} */`, [...values]))
    t.is(await refusalOf(asked), code)
    t.false((await t.throwsAsync(asked))?.message.includes(canary))
  }
  t.false(JSON.stringify(heard).includes(canary))

  const [place] = await rowsOf<{ data_directory: string }>(db, 'show data_directory')
  const log = await readFile(`${place?.data_directory}.log`, 'utf8')
  t.true(log.includes(mark), 'this is the log of that server')
  t.false(log.includes(canary))
})

test('a statement, a lock and an idle transaction have an end, and a connection says errors only', async t => {
  const app = connectDb({ url: t.context.env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => app.destroy())
  const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'client_min_messages']
  const settings = await rowsOf<{ name: string; setting: string }>(
    app,
    `select name, current_setting(name) as setting from pg_settings where name in ('${names.join("', '")}')`,
  )
  t.deepEqual(Object.fromEntries(settings.map(({ name, setting }) => [name, setting])), {
    statement_timeout: '5s',
    lock_timeout: '2s',
    idle_in_transaction_session_timeout: '10s',
    client_min_messages: 'error',
  })
})
