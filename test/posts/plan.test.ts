import anyTest from 'ava'
import { Post } from '../../src/domains/posts/model.ts'
import { visibleTo } from '../../src/domains/posts/policy.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import type { UserCtx, UserId } from '../../src/kernel/scope.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

test('a page of posts reads one author’s newest by index, not everybody’s', async t => {
  const db = connectDb({ url: t.context.env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => db.destroy())
  const owner = t.context.db
  await owner.raw(`
    insert into users (phone_sealed, phone_index) select 'none', 'crowd ' || n from generate_series(1, 20000) n;
    insert into posts (author_id, text, visibility)
      select id, 'x', 'public' from users where phone_index like 'crowd %' limit 10000;
    insert into posts (author_id, text, visibility)
      select (select id from users where phone_index = 'crowd 7'), 'x', 'public' from generate_series(1, 500);
    analyze users; analyze posts`)
  const [author, viewer] = (await owner('users').whereIn('phone_index', ['crowd 7', 'crowd 8']).pluck('id')) as UserId[]
  const ctx = { db, actor: { id: viewer, sessionId: null } } as UserCtx
  const page = Post.query(db).where({ authorId: author }).modify(visibleTo(ctx)).orderBy('id', 'desc').limit(21)
  const { rows } = await db.raw<{ rows: { 'QUERY PLAN': string }[] }>('explain (analyze, costs off) ?', [
    page.toKnexQuery(),
  ])
  const plan = rows.map(row => row['QUERY PLAN']).join('\n')
  t.regex(plan, /Index (Only )?Scan using idx_posts_author/)
  t.notRegex(plan, /Seq Scan on users/, plan)
})
