import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a migration beside a running server fails nobody’s command', async t => {
  const { db } = t.context
  const [ada] = await t.context.cast('Ada')
  const publish = () => Promise.all(Array.from({ length: 10 }, () => ada.call('post:create', { text: 'as ever' })))
  await publish()
  await db.raw('alter table posts add column mood text')
  await publish()
  const { items } = await ada.call('post:list', { authorId: ada.id })
  t.is(items.length, 20)
  await ada.call('post:get', { postId: items[0]?.id as never })
})
