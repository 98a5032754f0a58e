import test from 'ava'
import knex from 'knex'
import { readConfig } from '../../src/main/config.ts'
import { startWeb } from '../../src/main/web.ts'
import { startWorker } from '../../src/main/worker.ts'
import { signUp } from '../support/person.ts'
import { freshEnvironment } from '../support/world.ts'

/** Signs people in, each by a code that only a job sends, on a database whose log begins at one. */
async function signInOn(prefix: string, names: readonly string[]) {
  await using stack = new AsyncDisposableStack()
  const { env, ownerUrl, drop } = await freshEnvironment({ REDIS_PREFIX: prefix })
  stack.defer(drop)
  const db = knex({ client: 'pg', connection: ownerUrl })
  // Test databases are copies of one; migrations give each database an epoch of its own.
  await db('log_head').update({ epoch: crypto.randomUUID().replaceAll('-', '') })
  await db.destroy()
  stack.use(await startWorker(readConfig(env)))
  const { port } = stack.use(await startWeb(readConfig(env)))
  const url = `http://127.0.0.1:${port}`
  const people = await Promise.all(names.map(name => signUp({ name, url, inbox: env.SMS_ENDPOINT ?? '' })))
  for (const { client } of people) client.close()
  return people.length
}

test('a database that begins anew on the same Redis loses none of its jobs to those of the old one', async t => {
  const prefix = `anew_${crypto.randomUUID().slice(0, 8)}`
  t.is(await signInOn(prefix, ['Ada', 'Bob', 'Cara']), 3)
  t.is(await signInOn(prefix, ['Dina', 'Emil']), 2)
})
