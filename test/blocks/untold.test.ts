import anyTest from 'ava'
import type { CommandName, Input } from '../../client/index.ts'
import { befriend } from '../friends/support/befriend.ts'
import { once } from '../support/once.ts'
import { signUp } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('to each of the two, all that is of the other is answered as what never was', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  const { id: postId } = await cara.call('post:create', { text: 'open', visibility: 'public' })
  const things = []
  for (const person of [ada, bob]) {
    const username = `user${crypto.randomUUID().slice(0, 8)}`
    await person.call('profile:update', { username })
    const post = await person.call('post:create', { text: 'hello', visibility: 'public' })
    await cara.call('comment:create', { postId: post.id, text: 'under it' })
    const comment = await person.call('comment:create', { postId, text: 'theirs' })
    things.push({ userId: person.id, username, postId: post.id, commentId: comment.id })
  }
  const [hers, his] = things
  const nothing = {
    userId: crypto.randomUUID() as never,
    username: 'nobody.at.all',
    postId: crypto.randomUUID() as never,
    commentId: crypto.randomUUID() as never,
  }
  await ada.call('block:create', { userId: bob.id })

  for (const [viewer, theirs] of [
    [bob, hers],
    [ada, his],
  ] as const) {
    using socket = await once(viewer, t.context.urls[0])
    const same = async <N extends CommandName>(name: N, about: (thing: typeof nothing) => Input<N>) => {
      const answer = async (thing: typeof nothing) => {
        const { meta: _, ...ack } = await socket.send(name, about(thing))
        return ack
      }
      t.deepEqual(await answer(theirs as typeof nothing), await answer(nothing), `${viewer.name} ${name}`)
    }
    await same('profile:get', ({ userId }) => ({ userId }))
    await same('profile:view', ({ userId }) => ({ userId }))
    await same('profile:list', ({ userId }) => ({ userIds: [userId] }))
    await same('profile:find', ({ username }) => ({ username }))
    await same('friend:request', ({ userId }) => ({ userId }))
    await same('friend:accept', ({ userId }) => ({ userId }))
    await same('friend:decline', ({ userId }) => ({ userId }))
    await same('friend:remove', ({ userId }) => ({ userId }))
    await same('post:list', ({ userId }) => ({ authorId: userId }))
    await same('post:get', ({ postId }) => ({ postId }))
    await same('post:delete', ({ postId }) => ({ postId }))
    await same('room:join', ({ postId }) => ({ kind: 'post', id: postId }))
    await same('comment:list', ({ postId }) => ({ postId }))
    await same('comment:create', ({ postId }) => ({ postId, text: 'hello?' }))
    await same('comment:delete', ({ commentId }) => ({ commentId }))
    await same('room:join', ({ userId }) => ({ kind: 'hidden', id: userId }))
    const { items } = await viewer.call('comment:list', { postId })
    t.deepEqual(
      items.map(({ authorId }) => authorId),
      [viewer.id],
    )
    t.is((await viewer.call('post:get', { postId })).post.commentCount, 2)
  }
  t.is((await cara.call('comment:list', { postId })).items.length, 2)
})

test('under one’s own post a comment of the other is not there either', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  const { id: commentId } = await bob.call('comment:create', { postId, text: 'hi' })
  await ada.call('block:create', { userId: bob.id })
  t.deepEqual((await ada.call('comment:list', { postId })).items, [])
  for (const person of [ada, bob]) t.is((await person.refused('comment:delete', { commentId })).reason, 'comment')

  await ada.call('block:remove', { userId: bob.id })
  t.is((await bob.call('comment:list', { postId })).items[0]?.id, commentId)
  await ada.call('comment:delete', { commentId })
})

test('the blocked hears nothing of it on any device, and who blocked hears it once on each', async t => {
  const { urls, env } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const inbox = env.SMS_ENDPOINT ?? ''
  const [hers, his] = [
    await signUp({ name: 'Ada', phone: ada.phone, url: urls[1], inbox }),
    await signUp({ name: 'Bob', phone: bob.phone, url: urls[0], inbox }),
  ]
  t.teardown(() => [hers, his].forEach(({ client }) => client.close()))
  const names = async (person: typeof ada) => (await person.hearsAll()).map(({ name }) => name)
  const before = { bob: await names(bob), his: await names(his), ada: await names(ada), hers: await names(hers) }
  await ada.call('block:create', { userId: bob.id })
  await ada.call('block:create', { userId: bob.id })
  await ada.call('block:remove', { userId: bob.id })
  await ada.call('block:remove', { userId: bob.id })
  t.deepEqual(await ada.next('block:created'), { blockerId: ada.id, blockedId: bob.id })
  t.deepEqual(await ada.next('block:removed'), { blockerId: ada.id, blockedId: bob.id })
  const told = ['friend:removed', 'block:created', 'block:removed']
  t.deepEqual(await names(ada), [...before.ada, ...told])
  t.deepEqual(await names(hers), [...before.hers, ...told])
  t.deepEqual(await names(bob), before.bob)
  t.deepEqual(await names(his), before.his)
})

test('whether one may block somebody tells nothing of what they did or what became of them', async t => {
  const [ada, bob, kim] = await t.context.cast('Ada', 'Bob', 'Kim')
  await ada.call('block:create', { userId: bob.id })
  await t.context.db('users').where({ id: kim.id }).update({ status: 'deactivated' })
  for (const command of ['block:create', 'block:remove'] as const)
    for (const { id: userId } of [ada, kim]) t.deepEqual(await bob.call(command, { userId }), {})
  const userId = crypto.randomUUID() as never
  t.like(await bob.refused('block:create', { userId }), { code: 'not_found', reason: 'person' })
  t.deepEqual(await bob.call('block:remove', { userId }), {})
  t.is((await bob.refused('block:create', { userId: bob.id })).reason, 'yourself')
  t.is((await bob.refused('profile:get', { userId: ada.id })).reason, 'person') // his own block came and went
})
