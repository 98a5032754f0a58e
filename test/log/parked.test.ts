import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import anyTest from 'ava'
import type { Knex } from 'knex'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const run = promisify(execFile)

/** What `npm run parked` prints, which knows nothing but the database of the server. */
async function parked({ env }: World, ...args: string[]): Promise<string[]> {
  const { stdout } = await run(process.execPath, ['src/main/parked.ts', ...args], {
    env: { NODE_ENV: 'test', PATH: env.PATH, DATABASE_URL: env.DATABASE_URL },
  })
  return stdout.split('\n').filter(Boolean)
}

/** A comment on a post of Ada’s as somebody else would make it, told wrongly. */
const append = (db: Knex, payload: object) =>
  db('outbox').insert({
    kind: 'event',
    name: 'comment:created',
    payload: JSON.stringify(payload),
    rooms: [],
    excluded: [],
  })

test.serial('an entry that cannot be understood is parked, and those after it are not held up', async t => {
  const { db } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  t.deepEqual(await parked(t.context), ['Nothing is parked.'])
  await append(db, { id: 'no id' })
  await bob.call('friend:request', { userId: ada.id })
  t.like(await ada.next('notification:created'), { type: 'friend_request', actorId: bob.id })
  const [line = '', ...others] = await parked(t.context)
  t.deepEqual(others, [])
  t.regex(line, /^\d+ {2}comment:created {2}reactions, 3 tries since \S+Z: notification:of_comment: .* is required/)
})

test.serial('a parked entry is tried again when somebody asks, and is parked no more once that works', async t => {
  const { db } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const [line = ''] = await parked(t.context)
  const pos = line.split(' ')[0] as string
  await t.throwsAsync(parked(t.context, '--replay', '999999'), { message: /Command failed/ })
  await t.throwsAsync(parked(t.context, '--replay', 'some'), { message: /--replay <pos> or --replay all/ })

  t.deepEqual(await parked(t.context, '--replay', pos), ['To be tried again: 1.'])
  let tried = await parked(t.context)
  while (/to be tried again/.test(tried.join())) tried = await parked(t.context)
  t.regex(tried.join('\n'), /, 6 tries since \S+Z: notification:of_comment: userId is required/) // still no good

  const post = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  const comment = await bob.call('comment:create', { postId: post.id, text: 'hello yourself' })
  await ada.next('notification:created', ({ subjectId }) => subjectId === (comment.id as string))
  await db('notifications').delete()
  await db('event_log')
    .where({ pos })
    .update({ payload: JSON.stringify(comment) }) // as if the program understood it now
  await parked(t.context, '--replay', 'all')
  await ada.next('notification:created', ({ subjectId }) => subjectId === (comment.id as string))
  t.deepEqual(await parked(t.context), ['Nothing is parked.'])
})

test.serial('the day of a parked entry is kept, with all days since, until it is parked no more', async t => {
  const { db } = t.context
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  const nameOf = (ago: number) => `event_log_${day(ago).replaceAll('-', '')}`
  for (const ago of [5, 4, 3]) {
    await db.raw(
      `create table ${nameOf(ago)} partition of event_log for values from ('${day(ago)}') to ('${day(ago - 1)}')`,
    )
    await db('event_log').insert({
      pos: -ago,
      at: day(ago),
      kind: 'fact',
      name: 'test:old',
      payload: '{}',
      rooms: [],
      excluded: [],
    })
  }
  const kept = async () => {
    await db.raw(`select keep_event_log('24 hours')`)
    const { rows } = (await db.raw(`select relid::text as name from pg_partition_tree('event_log') where isleaf`)) as {
      rows: { name: string }[]
    }
    return [5, 4, 3].filter(ago => rows.some(({ name }) => name === nameOf(ago)))
  }
  await db('parked_entries').insert({ consumer: 'reactions', pos: -4, name: 'test:old', error: 'any', tries: 3 })
  t.deepEqual(await kept(), [4, 3])
  await db('parked_entries').delete()
  t.deepEqual(await kept(), [])
})
