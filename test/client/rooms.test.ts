import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a client with many rooms open is in all of them again after a reconnect', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const posts = []
  for (let n = 0; n < 60; n++) posts.push(await ada.call('post:create', { text: `${n}`, visibility: 'public' }))
  for (const { id } of posts) await bob.client.join('post', id)
  bob.client.close()
  const { recovered } = await bob.client.connect()
  t.true(recovered)
  for (const { id } of [posts[0], posts[59]].flatMap(post => post ?? [])) {
    const comment = await ada.call('comment:create', { postId: id, text: 'here' })
    t.deepEqual(await bob.next('comment:created', ({ postId }) => postId === id), comment)
  }
})
