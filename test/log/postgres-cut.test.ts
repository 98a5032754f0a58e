import anyTest from 'ava'
import { KithFailure } from '../../client/index.ts'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const CUTS = 5

test('when every connection to PostgreSQL is cut, commands succeed or may be tried again, and nothing acknowledged is lost', async t => {
  const { db, env } = t.context
  const [bob, ...authors] = await t.context.cast('Bob', 'Ada', 'Cara', 'Dan')
  for (const author of authors) await befriend(author, bob)
  const acknowledged: string[] = []
  const failures: unknown[] = []
  const stopping = new AbortController()
  const all = authors.map(async author => {
    while (!stopping.signal.aborted)
      await author.call('post:create', { text: author.name }).then(
        ({ id }) => acknowledged.push(id),
        (error: unknown) => failures.push(error),
      )
  })
  for (let cut = 0; cut < CUTS; cut++) {
    const enough = acknowledged.length + 15
    while (acknowledged.length < enough) await bob.next('post:created')
    await db.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = ?`,
      [new URL(env.DATABASE_URL ?? '').username],
    )
  }
  const enough = acknowledged.length + 15
  while (acknowledged.length < enough) await bob.next('post:created')
  stopping.abort()
  await Promise.all(all)

  const heard = (await bob.hearsAll()).filter(({ name }) => name === 'post:created')
  const ids = heard.map(({ payload }) => (payload as { id: string }).id)
  t.is(new Set(ids).size, ids.length)
  t.deepEqual(
    acknowledged.filter(id => !ids.includes(id)),
    [],
  )
  t.true(heard.every(({ pos }, i) => i === 0 || pos > (heard[i - 1]?.pos ?? 0)))
  t.true(failures.every(error => error instanceof KithFailure && error.retry))
  const rows = (await db('posts').select('id')) as { id: string }[]
  t.deepEqual(rows.map(({ id }) => id).toSorted(), ids.toSorted())
})
