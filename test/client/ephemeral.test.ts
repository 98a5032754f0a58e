import anyTest from 'ava'
import type { Heard } from '../../client/index.ts'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('what is ephemeral is heard without a place in the log, moves no cursor, and is not told later', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const { id: postId } = await ada.call('post:create', { text: 'Say something' })
  await ada.client.join('post', postId)
  await ada.hearsAll()
  const heard: Heard[] = []
  ada.client.on('typing:changed', (_, how) => heard.push(how))
  await bob.call('typing:set', { postId, typing: true })
  await ada.next('typing:changed')
  t.deepEqual(heard, [{ pos: null, replayed: false }])
  t.regex(ada.client.cursor() ?? '', /^\w+:\d+$/)

  ada.client.close()
  await bob.call('typing:set', { postId, typing: false })
  await bob.call('comment:create', { postId, text: 'Something' })
  t.true((await ada.client.connect()).recovered)
  await ada.next('comment:created')
  await ada.hearsAll()
  t.is(heard.length, 1)
})
