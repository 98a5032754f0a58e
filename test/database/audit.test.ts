import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import anyTest from 'ava'
import { connectDb } from '../../src/infra/db/connect.ts'
import { PASSWORD, givePassword } from '../sessions/support/password.ts'
import { DENIED, refusalOf } from '../support/database.ts'
import { idTokenOf } from '../support/provider.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** What was written of one row since it was made, in order. */
const changesOf = ({ db }: World, table: string, id: string) =>
  db('audit_log')
    .where({ table_name: table, row_id: id, action: 'update' })
    .orderBy('id')
    .select<{ actor_id: string | null; changes: object }[]>('actor_id', 'changes')

test('what decides over an account leaves a line that says who changed what', async t => {
  const { env, cast } = t.context
  const [ada] = await cast('Ada')
  const { sessionId = '' } = (await ada.client.auth.tokens()) ?? {}
  await ada.call('profile:update', { username: 'ada.audited' })
  await ada.call('profile:update', { username: 'ada.again', bio: 'No line tells of this' })
  await promisify(execFile)(process.execPath, ['src/main/account.ts', 'suspend', ada.id], { env })

  t.deepEqual(await changesOf(t.context, 'profiles', ada.id), [
    { actor_id: ada.id, changes: { username: [null, 'ada.audited'] } },
    { actor_id: ada.id, changes: { username: ['ada.audited', 'ada.again'] } },
  ])
  t.deepEqual(await changesOf(t.context, 'users', ada.id), [
    { actor_id: null, changes: { status: ['active', 'suspended'], token_epoch: [0, 1] } },
  ])
  const ended = await changesOf(t.context, 'sessions', sessionId)
  t.deepEqual(
    ended.map(({ changes }) => Object.keys(changes)),
    [['revoked_at']],
  )
})

interface Line {
  readonly actor_id: string | null
  readonly action: string
  readonly changes: Readonly<Record<string, unknown>>
}

test('a way in that comes or goes leaves a line, and an entry for its owner', async t => {
  const { cast, db } = t.context
  const [ada] = await cast('Ada')
  await ada.call('provider:link', { idToken: await idTokenOf(t.context, { uid: crypto.randomUUID() }) })
  await ada.call('provider:unlink', { provider: 'google.com' })
  const lines = await db('audit_log').where({ table_name: 'authentication', row_id: ada.id }).orderBy('id')
  t.deepEqual(
    lines.map(({ actor_id, action, changes: { chosen_at: _when, ...changes } }: Line) => ({
      actor_id,
      action,
      changes,
    })),
    [
      { actor_id: ada.id, action: 'insert', changes: { method: [null, 'social'], provider: [null, 'google.com'] } },
      { actor_id: ada.id, action: 'delete', changes: { method: ['social', null], provider: ['google.com', null] } },
    ],
  )
  const { items } = await ada.call('activity:list', {})
  t.deepEqual(
    items.slice(0, 2).map(({ type }) => type),
    ['provider_unlinked', 'provider_linked'],
  )
})

test('another password leaves a line that says when it was chosen; that one was guessed at leaves none', async t => {
  const [ada] = await t.context.cast('Ada')
  await givePassword(t.context, ada)
  await ada.refused('password:set', { password: 'another long password', current: 'not the password' })
  await ada.call('password:set', { password: 'another long password', current: PASSWORD })
  const lines = await changesOf(t.context, 'authentication', ada.id)
  t.deepEqual(
    lines.map(({ actor_id, changes }) => ({ actor_id, told: Object.keys(changes) })),
    [{ actor_id: ada.id, told: ['chosen_at'] }],
  )
})

test('nothing else of a person is in any line', async t => {
  const { cast, db } = t.context
  const [ada] = await cast('Ada')
  await ada.call('profile:update', { displayName: 'Canary Lovelace', bio: 'a canary bio', username: 'ada.public' })
  const [user] = await db('users').where({ id: ada.id }).select<Record<string, string>[]>('phone_sealed', 'phone_index')
  await ada.client.auth.signOut()

  const lines = await db('audit_log').select<{ line: string }[]>(db.raw('to_jsonb(audit_log.*)::text as line'))
  const all = lines.map(({ line }) => line).join('\n')
  t.true(all.includes(ada.id) && all.includes('ada.public') && all.includes('revoked_at'))
  for (const text of [ada.phone.slice(3), 'canary', 'Canary', ...Object.values(user ?? {})])
    t.false(all.includes(text), text)
})

test('a column is told of from when it is there, and what is not on the list never is', async t => {
  const { db } = t.context
  const id = crypto.randomUUID()
  await db.raw(`
    create table doors (id uuid, level integer, secret text);
    create trigger audit after insert or update or delete on doors
      for each row execute function audit('id', 'level', 'keeper')`)
  await db('doors').insert({ id, level: 1, secret: 'one' })
  await db('doors').update({ secret: 'two' })
  await db.schema.alterTable('doors', table => table.text('keeper'))
  await db('doors').update({ level: 2, keeper: 'Eve' })
  await db('doors').delete()
  const lines = await db('audit_log').where({ row_id: id }).orderBy('id').select('table_name', 'action', 'changes')
  t.deepEqual(lines, [
    { table_name: 'doors', action: 'insert', changes: { level: [null, 1] } },
    { table_name: 'doors', action: 'update', changes: { level: [1, 2], keeper: [null, 'Eve'] } },
    { table_name: 'doors', action: 'delete', changes: { level: [2, null], keeper: ['Eve', null] } },
  ])
})

test('the server can neither read, write nor undo a line', async t => {
  const app = connectDb({ url: t.context.env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => app.destroy())
  for (const sql of [
    'select * from audit_log',
    'select * from audit_log_rest',
    `insert into audit_log (table_name, row_id, action, changes) values ('users', uuidv7(), 'update', '{}')`,
    `update audit_log set actor_id = null`,
    'delete from audit_log',
    'truncate audit_log',
    'alter table users disable trigger audit',
    'drop trigger audit on users',
    `select keep_months('audit_log', '0 months', now())`,
  ])
    t.is(await refusalOf(app.transaction(trx => trx.raw(sql))), DENIED, sql)
})
