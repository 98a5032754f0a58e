import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { fetchFile, put, readyPhoto, sign } from '../media/support/upload.ts'
import { once } from '../support/once.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('photos are posted in the order given, with their words, and readers get links that end within five minutes', async t => {
  const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
  await befriend(ada, bob)
  const photos = [await readyPhoto(ada), await readyPhoto(ada), await readyPhoto(ada)]
  const order = [photos[2], photos[0], photos[1]].map(id => id as NonNullable<typeof id>)
  const post = await ada.call('post:create', { media: order.map((mediaId, n) => ({ mediaId, altText: `photo ${n}` })) })
  t.deepEqual(
    post.media.map(({ media, altText }) => [media.id, altText]),
    order.map((id, n) => [id, `photo ${n}`]),
  )
  t.deepEqual(await bob.next('post:created'), post)
  t.deepEqual((await bob.call('post:list', { authorId: ada.id })).items, [post])

  const read = await bob.call('post:get', { postId: post.id })
  t.deepEqual(read.post, post)
  t.deepEqual(
    read.links.map(({ mediaId }) => mediaId),
    order,
  )
  for (const links of read.links) {
    const minutes = (Date.parse(links.expiresAt) - Date.now()) / 60_000
    t.true(minutes > 2.9 && minutes <= 5)
    for (const { file } of links.renditions) t.is((await fetchFile(bob, links, file)).status, 200)
  }
  t.is((await eve.refused('post:get', { postId: post.id })).reason, 'post')
  for (const mediaId of order) t.is((await bob.refused('media:get', { mediaId })).reason, 'media')
  t.notRegex(JSON.stringify(post), /https?:|uploads\/|renditions\//)
})

test('another person’s photo cannot be posted, exactly as one that never was', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const mediaId = await readyPhoto(ada)
  const theirs = await bob.refused('post:create', { media: [{ mediaId }] })
  t.like(theirs, { code: 'not_found', reason: 'media' })
  const none = crypto.randomUUID() as typeof mediaId
  t.deepEqual(theirs.wire, (await bob.refused('post:create', { media: [{ mediaId: none }] })).wire)
})

test('a photo that is not ready, or failed, cannot be posted', async t => {
  const [ada] = await t.context.cast('Ada')
  const signed = await sign(ada, { bytes: 3 })
  const { mediaId } = signed
  const refused = async () => (await ada.refused('post:create', { text: 'with photo', media: [{ mediaId }] })).reason
  t.is(await refused(), 'media_not_ready')
  await put(signed, Buffer.from('abc'))
  await ada.call('upload:complete', { mediaId })
  await ada.next('media:failed')
  t.is(await refused(), 'media_not_ready')
  t.is((await t.context.db('posts').where({ author_id: ada.id })).length, 0)
})

test('a photo is in one post only, also when two are written at the same time, and none when it is named twice', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await readyPhoto(ada)
  t.is((await ada.refused('post:create', { media: [{ mediaId }, { mediaId }] })).reason, 'media_taken')
  const both = await Promise.allSettled([1, 2].map(() => ada.call('post:create', { media: [{ mediaId }] })))
  t.is(both.filter(({ status }) => status === 'fulfilled').length, 1)
  t.like(await ada.refused('post:create', { media: [{ mediaId }] }), { code: 'conflict', reason: 'media_taken' })
  t.is((await t.context.db('posts').where({ author_id: ada.id })).length, 1)
  const eleven = Array.from({ length: 11 }, () => ({ mediaId: crypto.randomUUID() as typeof mediaId }))
  t.is((await ada.refused('post:create', { media: eleven })).reason, 'invalid')
})

test('two posts that take the same photos in opposite orders do not wait for each other', async t => {
  const [ada] = await t.context.cast('Ada')
  const devices = await Promise.all(t.context.urls.map(url => once(ada, url)))
  t.teardown(() => devices.forEach(device => device[Symbol.dispose]()))
  for (let round = 0; round < 3; round++) {
    const photos = [await readyPhoto(ada), await readyPhoto(ada)].map(mediaId => ({ mediaId }))
    const acks = await Promise.all([
      devices[0]?.send('post:create', { media: photos }),
      devices[1]?.send('post:create', { media: photos.toReversed() }),
    ])
    const answers = acks.map(ack => String(ack?.ok ? 'ok' : ack?.error.reason))
    t.deepEqual(answers.toSorted(), ['media_taken', 'ok'])
  }
})
