import anyTest from 'ava'
import { enqueue } from '../support/enqueue.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a job of a former version of the program is passed over, and those after it are done', async t => {
  const { db } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await enqueue(t.context, 'former:job', {})
  await enqueue(t.context, 'notification:of_comment', { nothing: true })
  await bob.call('friend:request', { userId: ada.id })
  t.like(await ada.next('notification:created'), { type: 'friend_request', actorId: bob.id })
  t.deepEqual(await db('parked_entries').pluck('name'), ['notification:of_comment'])
})
