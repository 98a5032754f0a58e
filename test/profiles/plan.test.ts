import anyTest from 'ava'
import { matches } from '../../src/domains/profiles/searching.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import type { UserCtx } from '../../src/kernel/scope.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

test('a search reads by index the names that may be meant, not everybody’s', async t => {
  const db = connectDb({ url: t.context.env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => db.destroy())
  await t.context.db.raw(`
    insert into users (phone_sealed, phone_index) select 'none', 'crowd ' || n from generate_series(1, 20000) n;
    insert into profiles (user_id, username, display_name)
      select id, 'u' || substr(md5(phone_index), 1, 20), initcap(translate(md5(phone_index), '0123456789', 'ghijk lmno'))
      from users;
    analyze users; analyze profiles`)
  const ctx = { db, actor: { id: crypto.randomUUID(), sessionId: null } } as unknown as UserCtx
  for (const term of ['ba', 'abba', 'uabba', 'grace hopper', '100%']) {
    const { rows } = await db.raw<{ rows: { 'QUERY PLAN': string }[] }>('explain (analyze, costs off) ?', [
      matches(ctx, term),
    ])
    const plan = rows.map(row => row['QUERY PLAN']).join('\n')
    for (const index of ['idx_profiles_username_like', 'idx_profiles_display_name_like'])
      t.regex(plan, new RegExp(`Bitmap Index Scan on ${index}`), `${term}\n${plan}`)
    t.notRegex(plan, /Seq Scan on (users|profiles)/, `${term}\n${plan}`)
  }
})
