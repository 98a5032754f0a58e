import anyTest from 'ava'
import type { CommandName, Input } from '../../client/index.ts'
import { befriend } from '../friends/support/befriend.ts'
import type { Occurrence, Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** Who may read a post, and who is told of it while they are connected. */
const table = {
  public: { reads: ['author', 'friend', 'asker', 'stranger'], hears: ['author', 'friend'] },
  friends: { reads: ['author', 'friend'], hears: ['author', 'friend'] },
  private: { reads: ['author'], hears: ['author'] },
} as const

for (const visibility of ['public', 'friends', 'private'] as const)
  test(`a ${visibility} post is read by ${table[visibility].reads.join(', ')}; to everyone else it is not there`, async t => {
    const [author, friend, asker, stranger] = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
    await befriend(author, friend)
    await asker.call('friend:request', { userId: author.id })
    const post = await author.call('post:create', { text: visibility, visibility })
    await author.call('comment:create', { postId: post.id, text: 'first' })
    const viewers = { author, friend, asker, stranger }
    const reads: readonly string[] = table[visibility].reads
    const hears: readonly string[] = table[visibility].hears

    for (const [name, viewer] of Object.entries(viewers)) {
      const heard = (await viewer.hearsAll()).some(event => event.name === 'post:created')
      t.is(heard, hears.includes(name), `${name} hears it`)
      const { items } = await viewer.call('post:list', { authorId: author.id })
      t.deepEqual(
        items.map(({ id }) => id),
        reads.includes(name) ? [post.id] : [],
        `${name} lists it`,
      )

      if (reads.includes(name)) {
        t.is((await viewer.call('post:get', { postId: post.id })).post.text, visibility)
        t.is((await viewer.call('comment:list', { postId: post.id })).items.at(-1)?.text, 'first')
        await viewer.client.join('post', post.id)
        await viewer.call('comment:create', { postId: post.id, text: name })
      } else await isNotThere(viewer, post.id)
    }
    t.is((await author.call('post:get', { postId: post.id })).post.commentCount, 1 + reads.length)

    /** Every answer about the post is the one about a post that never was. */
    async function isNotThere(viewer: Person, postId: typeof post.id) {
      const none = crypto.randomUUID() as typeof post.id
      const same = async <N extends CommandName>(command: N, about: (id: typeof post.id) => Input<N>) => {
        const refusal = await viewer.refused(command, about(postId))
        t.is(refusal.code, 'not_found')
        t.deepEqual(refusal.wire, (await viewer.refused(command, about(none))).wire, command)
      }
      await same('post:get', id => ({ postId: id }))
      await same('post:delete', id => ({ postId: id }))
      await same('comment:list', id => ({ postId: id }))
      await same('comment:create', id => ({ postId: id, text: 'hello?' }))
      await same('room:join', id => ({ kind: 'post', id }))
      t.is((await viewer.hearsAll()).filter(({ name }) => name.startsWith('comment:')).length, 0)
    }
  })

test('what a private account shows to everybody is for its friends, from then on until it is private no more', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  await befriend(ada, bob)
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  t.is((await eve.call('post:get', { postId })).post.id, postId)
  await ada.call('settings:update', { privacy: { isPrivate: true } })

  t.is((await eve.refused('post:get', { postId })).reason, 'post')
  t.is((await eve.refused('comment:create', { postId, text: 'hi' })).reason, 'post')
  t.is((await eve.refused('comment:list', { postId })).reason, 'post')
  t.is((await eve.refused('room:join', { kind: 'post', id: postId })).reason, 'room')
  t.deepEqual((await eve.call('post:list', { authorId: ada.id })).items, [])
  for (const friend of [ada, bob]) {
    t.is((await friend.call('post:list', { authorId: ada.id })).items[0]?.id, postId)
    await friend.client.join('post', postId)
    await friend.call('comment:create', { postId, text: 'hi' })
  }
  await ada.call('settings:update', { privacy: { isPrivate: false } })
  t.is((await eve.call('post:get', { postId })).post.id, postId)
})

test('who has a public post open hears no more of it when its author becomes private, unless they are friends', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  await befriend(ada, bob)
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  for (const viewer of [bob, eve]) await viewer.client.join('post', postId)
  await bob.call('comment:create', { postId, text: 'before' })
  await eve.next('comment:created')
  await ada.call('settings:update', { privacy: { isPrivate: true } })
  await bob.call('comment:create', { postId, text: 'after' })
  const commentsOf = (heard: readonly Occurrence[]) => heard.filter(({ name }) => name === 'comment:created').length
  t.is(commentsOf(await bob.hearsAll()), 2)
  t.is(commentsOf(await eve.hearsAll()), 1)

  await ada.call('settings:update', { privacy: { isPrivate: false } })
  await eve.client.join('post', postId)
  await bob.call('comment:create', { postId, text: 'again' })
  t.is(commentsOf(await eve.hearsAll()), 2)
})

test('the posts of a suspended person are gone for all others, and come back with them', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const { id: postId } = await ada.call('post:create', { text: 'hello', visibility: 'public' })
  await t.context.db('users').where({ id: ada.id }).update({ status: 'suspended' })
  t.is((await bob.refused('post:get', { postId })).reason, 'post')
  t.is((await bob.refused('comment:create', { postId, text: 'hi' })).reason, 'post')
  t.is((await bob.refused('room:join', { kind: 'post', id: postId })).reason, 'room')
  t.deepEqual((await bob.call('post:list', { authorId: ada.id })).items, [])

  await t.context.db('users').where({ id: ada.id }).update({ status: 'active' })
  t.is((await bob.call('post:get', { postId })).post.id, postId)
})
