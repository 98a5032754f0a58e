import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a request is heard by the person asked, on another node, and nobody else', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  t.deepEqual(await bob.call('friend:request', { userId: ada.id }), { status: 'pending' })
  t.like(await ada.next('friend:requested'), { fromId: bob.id, toId: ada.id })
  t.deepEqual(await eve.hearsAll(), [])
})
