import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('when the upkeep of the log fails, a new relay leads all the same', async t => {
  const { db } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await db.raw('revoke execute on function keep_event_log(interval), sweep_remembered_acks(interval) from kith_app')
  const { rows } = (await db.raw(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'kith-relay'`,
  )) as { rows: object[] }
  t.true(rows.length > 0)
  await bob.call('friend:request', { userId: ada.id })
  t.like(await ada.next('friend:requested'), { fromId: bob.id })
})
