import anyTest from 'ava'
import { unpurged } from '../../src/domains/media/sweeping.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

test('the files that are left to delete are found by index, not among all there ever were', async t => {
  const db = connectDb({ url: t.context.env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => db.destroy())
  await t.context.db.raw(`
    insert into users (phone_sealed, phone_index) values ('none', 'crowd');
    insert into media (owner_id, upload_key, content_type, bytes, status, purged_at)
      select id, 'uploads/' || n, 'image/jpeg', 1, 'removed', now() from users, generate_series(1, 20000) n;
    analyze media`)
  const { rows } = await db.raw<{ rows: { 'QUERY PLAN': string }[] }>('explain (analyze, costs off) ?', [
    unpurged(db, new Date()).toKnexQuery(),
  ])
  const plan = rows.map(row => row['QUERY PLAN']).join('\n')
  t.regex(plan, /idx_media_unpurged/, plan)
  t.notRegex(plan, /Seq Scan/, plan)
})
