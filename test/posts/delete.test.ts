import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const deletions = async (person: Person) => (await person.hearsAll()).filter(({ name }) => name === 'post:deleted')

test('a deleted post is gone for everyone, its author too; who heard of it or has it open is told', async t => {
  const [ada, bob, eve, kim] = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  await befriend(ada, bob)
  const { id } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  const comment = await bob.call('comment:create', { postId: id, text: 'hi' })
  await eve.client.join('post', id)

  await ada.call('post:delete', { postId: id })
  for (const person of [ada, bob, eve])
    t.deepEqual(
      (await deletions(person)).map(({ payload }) => payload),
      [{ id, authorId: ada.id, visibility: 'public' }],
    )
  t.deepEqual(await deletions(kim), [])
  for (const person of [ada, bob, eve]) {
    t.is((await person.refused('post:get', { postId: id })).reason, 'post')
    t.is((await person.refused('comment:list', { postId: id })).reason, 'post')
    t.is((await person.refused('room:join', { kind: 'post', id })).reason, 'room')
    t.is((await person.refused('post:delete', { postId: id })).reason, 'post')
    t.is((await person.refused('comment:delete', { commentId: comment.id })).reason, 'comment')
    t.deepEqual((await person.call('post:list', { authorId: ada.id })).items, [])
  }
})

test('a private post ends as quietly as it began', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const { id } = await ada.call('post:create', { text: 'note', visibility: 'private' })
  await ada.call('post:delete', { postId: id })
  t.is((await deletions(ada)).length, 1)
  t.deepEqual(await deletions(bob), [])
})

test('who may read a post but did not write it may not delete it', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  t.like(await bob.refused('post:delete', { postId: id }), { code: 'forbidden', reason: 'not_your_post' })
  t.is((await bob.call('post:get', { postId: id })).post.id, id)
  t.deepEqual(await deletions(ada), [])
})

test('deleted twice at the same time, a post is gone once', async t => {
  const [ada] = await t.context.cast('Ada')
  const { id } = await ada.call('post:create', { text: 'hello' })
  const both = await Promise.allSettled([1, 2].map(() => ada.call('post:delete', { postId: id })))
  t.is(both.filter(({ status }) => status === 'fulfilled').length, 1)
  t.is((await deletions(ada)).length, 1)
})
