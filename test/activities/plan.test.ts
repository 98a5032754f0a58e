import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a page is read by index in every month, not by reading what everybody did', async t => {
  const { cast, db } = t.context
  const [ada] = await cast('Ada')
  await db.raw(`
    insert into activities (user_id, type, created_at)
    select gen_random_uuid(), 'login', now() - n % 3 * interval '31 days' from generate_series(1, 20000) n`)
  await db.raw(`select keep_months('activities', '13 months')`)
  await db.raw('analyze activities')
  const { rows } = await db.raw<{ rows: { 'QUERY PLAN': string }[] }>(
    'explain (analyze, costs off) select * from activities where user_id = ? order by id desc limit 21',
    [ada.id],
  )
  const plan = rows.map(row => row['QUERY PLAN']).join('\n')
  t.regex(plan, /Index Scan using \w+_user_id_id_idx/)
  t.notRegex(plan, /Rows Removed by Filter/, plan)
})
