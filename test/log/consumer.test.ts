import anyTest from 'ava'
import type { Knex } from 'knex'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const append = (db: Knex, row: object) => db('outbox').insert({ rooms: [], excluded: [], ...row })

test('an entry that cannot be understood is passed over, and the jobs of those after it are done', async t => {
  const { db } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await append(db, { kind: 'event', name: 'comment:created', payload: JSON.stringify({ id: 'no id' }) })
  await append(db, { kind: 'job', name: 'notification:of_comment', payload: JSON.stringify({ nothing: true }) })
  await append(db, { kind: 'job', name: 'former:job', payload: '{}' })
  await bob.call('friend:request', { userId: ada.id })
  t.like(await ada.next('notification:created'), { type: 'friend_request', actorId: bob.id })
})
