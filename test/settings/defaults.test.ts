import anyTest from 'ava'
import knex from 'knex'
import { migrations } from '../../src/infra/db/release.ts'
import { emptyDatabase } from '../support/database.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const both = { push: true, email: true }

test('a new account has settings, and whoever changed nothing is served as most would like', async t => {
  const [ada] = await t.context.cast('Ada')
  t.deepEqual(await ada.call('settings:get', {}), {
    privacy: { profileVisibility: 'public', isPrivate: false, showActivityStatus: true, allowMessagesFrom: 'everyone' },
    notifications: {
      push: true,
      email: true,
      frequency: 'instant',
      types: { friend_request: both, friend_accepted: both, comment: both },
    },
    content: { autoplayVideos: true, dataSaverMode: false, darkMode: 'auto' },
    wellness: { calmMode: false, timeLimitMinutes: 0, hideMetrics: false },
  })
})

test('an account from before there were settings is given them', async t => {
  const { url, drop } = await emptyDatabase()
  const db = knex({ client: 'pg', connection: url, migrations })
  t.teardown(() => db.destroy().then(drop))
  const next = async () => ((await db.migrate.list()) as [unknown, { file: string }[]])[1][0]?.file ?? 'none'
  while (!(await next()).endsWith('_create_settings.ts')) await db.migrate.up()
  const made = await db('users').insert({ phone_sealed: 'x', phone_index: 'x' }).returning<{ id: string }[]>('id')
  await db.migrate.up()
  t.deepEqual(
    await db('user_settings').select('user_id as id', 'push_notifications as push'),
    made.map(({ id }) => ({ id, push: true })),
  )
})
