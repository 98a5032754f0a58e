import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { fetchFile, readyPhoto } from '../media/support/upload.ts'
import { storageOf } from '../media/support/storage.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

async function postWithPhoto(author: Person, visibility: 'public' | 'friends' | 'private' = 'friends') {
  const mediaId = await readyPhoto(author)
  const post = await author.call('post:create', { media: [{ mediaId }], visibility })
  return { postId: post.id, mediaId }
}

/** The links a person gets to one post by each way there is to it; none where they may not. */
async function linksBy(person: Person, author: Person, postId: string) {
  const id = postId as Awaited<ReturnType<typeof postWithPhoto>>['postId']
  const read = await person.call('post:get', { postId: id }).then(
    ({ links }) => links,
    () => [],
  )
  const listed = (await person.call('post:list', { authorId: author.id })).links
  const { links } = await person.call('post:links', { postIds: [id] })
  return [read, listed, links]
}

test('readers get links to what is in a post by every way to it, on either node, and each opens the file', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const { postId, mediaId } = await postWithPhoto(ada)
  for (const links of await linksBy(bob, ada, postId)) {
    t.deepEqual(
      links.map(link => link.mediaId),
      [mediaId],
    )
    for (const link of links) t.is((await fetchFile(bob, link, '160.webp')).status, 200)
  }
})

test('links end with the right: for strangers, after unfriending and after a block there are none, by no way', async t => {
  const [ada, bob, cara, eve] = await t.context.cast('Ada', 'Bob', 'Cara', 'Eve')
  for (const friend of [bob, cara]) await befriend(ada, friend)
  const { postId } = await postWithPhoto(ada)
  const secret = await postWithPhoto(ada, 'private')
  const none = [[], [], []]
  t.deepEqual(await linksBy(eve, ada, postId), none)
  t.true((await linksBy(bob, ada, postId)).every(links => links.length === 1))
  for (const person of [bob, eve])
    t.deepEqual((await person.call('post:links', { postIds: [secret.postId] })).links, [])

  await ada.call('friend:remove', { userId: bob.id })
  t.deepEqual(await linksBy(bob, ada, postId), none)
  await ada.call('block:create', { userId: cara.id })
  t.deepEqual(await linksBy(cara, ada, postId), none)
  t.is((await ada.call('post:links', { postIds: [postId, secret.postId] })).links.length, 2)
})

test('what was in a deleted post is deleted from storage at once, and its old links open nothing', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const { postId, mediaId } = await postWithPhoto(ada)
  const { links } = await bob.call('post:get', { postId })
  const [link] = links
  const status = async () => (link ? (await fetchFile(bob, link, '160.webp')).status : 0)
  t.is(await status(), 200)
  await ada.call('post:delete', { postId })
  t.deepEqual(await linksBy(bob, ada, postId), [[], [], []])
  await until('the file is gone', async () => (await status()) === 404)
  await until('all of them are', async () => {
    const left = await storageOf(t.context).list(`renditions/${mediaId}/`, '', 100)
    return left.length === 0
  })
  t.is((await ada.refused('media:get', { mediaId })).reason, 'media')
  t.deepEqual(await ada.call('storage:get', {}), { count: 0, bytes: 0 })
})
