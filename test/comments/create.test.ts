import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const comments = async (person: Person) =>
  (await person.hearsAll()).flatMap(({ name, payload }) => (name === 'comment:created' ? [payload] : []))

test('a comment is heard once by readers who have the post open and by its author, and by nobody else', async t => {
  const [ada, bob, eve, kim] = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  await befriend(ada, bob)
  await befriend(ada, kim)
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  await ada.client.join('post', postId)
  await eve.client.join('post', postId)
  const comment = await bob.call('comment:create', { postId, text: 'hi' })
  t.like(comment, { postId, postAuthorId: ada.id, authorId: bob.id, text: 'hi' })
  for (const person of [ada, eve]) t.deepEqual(await comments(person), [comment])
  for (const person of [bob, kim]) t.deepEqual(await comments(person), [])
  t.deepEqual(await eve.next('post:counted'), { id: postId, commentCount: 1, version: 2 })

  await eve.client.leave('post', postId)
  await bob.call('comment:create', { postId, text: 'hi again' })
  t.is((await comments(eve)).length, 1)
  t.is((await comments(ada)).length, 2)
})

test('a blank comment, or one that is too long, is refused', async t => {
  const [ada] = await t.context.cast('Ada')
  const { id: postId } = await ada.call('post:create', { text: 'hello' })
  for (const text of ['', ' \n', 'x'.repeat(2001), 'a\0'])
    t.is((await ada.refused('comment:create', { postId, text })).reason, 'invalid')
  t.is((await ada.call('comment:create', { postId, text: '👋'.repeat(2000) })).text.length, 4000)
  t.is((await ada.call('post:get', { postId })).post.commentCount, 1)
})

test('comments come newest first, in pages without a gap or a repeat, while more are written', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  for (let n = 0; n < 12; n++) await (n % 2 ? ada : bob).call('comment:create', { postId, text: `comment ${n}` })
  const seen: string[] = []
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: { items: readonly { text: string }[]; nextCursor: string | null } = await bob.call('comment:list', {
      postId,
      limit: 5,
      ...(cursor && { cursor }),
    })
    seen.push(...page.items.map(({ text }) => text))
    cursor = page.nextCursor
    await ada.call('comment:create', { postId, text: 'meanwhile' })
  }
  t.deepEqual(
    seen,
    Array.from({ length: 12 }, (_, n) => `comment ${11 - n}`),
  )
})

test('comments of a suspended person are not shown', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  await bob.call('comment:create', { postId, text: 'hi' })
  await t.context.db('users').where({ id: bob.id }).update({ status: 'suspended' })
  t.deepEqual((await ada.call('comment:list', { postId })).items, [])
})
