import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openDevice } from './support/device.ts'
import { onReturn } from './support/on-return.ts'

const test = anyTest as WorldTest
withWorld(test)

/** Ada writes a post, and Cara comments under another that is open on screen. */
async function speak(ada: Person, cara: Person, open: string, when: string) {
  await ada.call('post:create', { text: `post ${when}` })
  await cara.call('comment:create', { postId: open as never, text: `comment ${when}` })
}

test('who is unfriended while away hears nothing of it on return: not of after, and not of before either', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, bob)
  await befriend(ada, cara)
  const { id } = await ada.call('post:create', { text: 'open' })
  await bob.hearsAll()
  const cursor = bob.client.cursor()
  bob.client.close()
  await speak(ada, cara, id, 'before')
  await ada.call('friend:remove', { userId: bob.id })
  await speak(ada, cara, id, 'after')
  await ada.hearsAll() // and so the end is in the log
  for (const url of t.context.urls)
    t.deepEqual(await onReturn(bob, cursor, url, [{ kind: 'post', id }]), { recovered: true, texts: [] })
})

test('who is befriended while away hears nothing from before the friendship', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, cara)
  const { id } = await ada.call('post:create', { text: 'open' })
  await bob.call('friend:request', { userId: ada.id })
  await bob.hearsAll()
  const cursor = bob.client.cursor()
  bob.client.close()
  await speak(ada, cara, id, 'before')
  await ada.call('friend:accept', { userId: bob.id })
  await speak(ada, cara, id, 'after')
  for (const url of t.context.urls)
    t.deepEqual(await onReturn(bob, cursor, url, [{ kind: 'post', id }]), {
      recovered: true,
      texts: ['post after', 'comment after'],
    })
})

test('who is unfriended and befriended again while away hears what came before and after, and nothing from between', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, bob)
  await befriend(ada, cara)
  const { id } = await ada.call('post:create', { text: 'open' })
  await bob.hearsAll()
  const cursor = bob.client.cursor()
  bob.client.close()
  await speak(ada, cara, id, 'before')
  await ada.call('friend:remove', { userId: bob.id })
  await speak(ada, cara, id, 'between')
  await ada.call('friend:request', { userId: bob.id })
  using device = openDevice(t.context.urls[0], { token: (await bob.client.auth.accessToken()) as string })
  await device.send('friend:accept', { userId: ada.id })
  await speak(ada, cara, id, 'after')
  for (const url of t.context.urls)
    t.deepEqual(await onReturn(bob, cursor, url, [{ kind: 'post', id }]), {
      recovered: true,
      texts: ['post before', 'comment before', 'post after', 'comment after'],
    })
})
