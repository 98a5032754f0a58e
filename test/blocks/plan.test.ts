import anyTest from 'ava'
import { hiddenIds } from '../../src/domains/accounts/policy.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import { enter } from '../../src/infra/db/scope.ts'
import type { UserId } from '../../src/kernel/scope.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

test('who is hidden from one person is read by index, not from everybody’s blocks', async t => {
  const db = connectDb({ url: t.context.env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => db.destroy())
  await t.context.db.raw(`
    insert into users (phone_sealed, phone_index) select 'none', 'crowd ' || n from generate_series(1, 400) n;
    insert into blocks (blocker_id, blocked_id)
      select a.id, b.id from users a, users b where a.id <> b.id and hashtext(a.id::text || b.id::text) % 8 = 0;
    analyze users; analyze blocks`)
  const person = (await t.context.db('users').first<{ id: UserId }>('id')).id
  const plan = await db.transaction(async trx => {
    await enter(trx, person)
    const { rows } = await trx.raw<{ rows: { 'QUERY PLAN': string }[] }>('explain (analyze, costs off) ?', [
      hiddenIds(trx, person).toKnexQuery(),
    ])
    return rows.map(row => row['QUERY PLAN']).join('\n')
  })
  t.regex(plan, /Index.* on blocks_pkey/)
  t.regex(plan, /Index.* on idx_blocks_blocked/)
  t.notRegex(plan, /Seq Scan/)
})
