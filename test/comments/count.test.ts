import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('after fifty comments and as many deletions at once on two nodes, the count is what is there', async t => {
  const people = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  const [ada, bob] = people
  const posts = [
    await ada.call('post:create', { text: 'one', visibility: 'public' }),
    await bob.call('post:create', { text: 'other', visibility: 'public' }),
  ]
  await Promise.all(posts.map(({ id }) => ada.client.join('post', id)))

  // Each person writes under both posts in turn; two of three go again, by two hands at once, while the others write.
  await Promise.all(
    people.map(async (person, offset) => {
      for (let n = 0; n < 13; n++) {
        const { id: postId } = posts[(n + offset) % 2] as (typeof posts)[number]
        const { id: commentId } = await person.call('comment:create', { postId, text: `${n}` })
        const next = people[(offset + 1) % people.length] ?? person
        if (n % 3 > 0) await Promise.allSettled([person, next].map(one => one.call('comment:delete', { commentId })))
      }
    }),
  )
  await ada.hearsAll()
  for (const { id: postId } of posts) {
    const rows = await t.context.db('comments').where({ post_id: postId })
    const alive = rows.filter(({ deleted_at }) => deleted_at === null).length
    const { post } = await ada.call('post:get', { postId })
    t.is(post.commentCount, alive)
    t.is(post.version, 1 + rows.length + (rows.length - alive))
    const counted = ada.heard.flatMap(({ name, payload }) =>
      name === 'post:counted' && (payload as { id: string }).id === postId
        ? [payload as { commentCount: number; version: number }]
        : [],
    )
    t.deepEqual(
      counted.map(({ version }) => version),
      counted.map((_, n) => n + 2),
      'versions are heard in order',
    )
    t.is(counted.at(-1)?.commentCount, alive)
  }
})

test('a comment deleted by its writer and the author of the post at once is counted once', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  await bob.call('comment:create', { postId, text: 'stays' })
  for (let n = 0; n < 5; n++) {
    const { id: commentId } = await bob.call('comment:create', { postId, text: 'goes' })
    const both = await Promise.allSettled([ada, bob].map(person => person.call('comment:delete', { commentId })))
    t.is(both.filter(({ status }) => status === 'fulfilled').length, 1)
  }
  t.is((await ada.call('post:get', { postId })).post.commentCount, 1)
})

test('a comment and the deletion of its post at once leave no comment on what is gone', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  for (let n = 0; n < 5; n++) {
    const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
    await bob.client.join('post', postId)
    await Promise.allSettled([bob.call('comment:create', { postId, text: 'hi' }), ada.call('post:delete', { postId })])
    const about = (await bob.hearsAll()).filter(({ payload }) => {
      const { id, postId: of } = payload as { id?: string; postId?: string }
      return id === postId || of === postId
    })
    t.is(about.at(-1)?.name, 'post:deleted')
  }
})
