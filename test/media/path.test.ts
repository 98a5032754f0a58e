import anyTest from 'ava'
import sharp from 'sharp'
import { googleBlobs } from '../../src/infra/blobs/index.ts'
import { carriesMetadata, makePhoto } from '../support/photo.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { enqueue } from '../support/enqueue.ts'
import { put, readyPhoto, upload } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test)

const storageOf = ({ config }: World) =>
  googleBlobs({
    bucket: config.storage.bucket,
    project: config.project,
    ...(config.storage.endpoint && { endpoint: config.storage.endpoint }),
  })

test('a photo goes to storage and comes back upright, clean and in several sizes, and its owner follows it', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const photo = await makePhoto({ width: 1600, height: 1200, orientation: 6, gps: true })
  const signed = await ada.call('upload:sign', { contentType: 'image/jpeg', bytes: photo.length })
  t.like(await ada.call('media:get', { mediaId: signed.mediaId }), { media: { status: 'awaiting' }, links: null })
  t.is((await put(signed, photo)).status, 200)
  t.like(await ada.call('upload:complete', { mediaId: signed.mediaId }), { status: 'processing', renditions: [] })

  const ready = await ada.next('media:ready')
  t.like(ready, { id: signed.mediaId, status: 'ready', width: 1200, height: 1600, failure: null })
  t.deepEqual(
    (await ada.hearsAll()).flatMap(({ name, payload }) =>
      name === 'media:progressed' ? [(payload as { percent: number }).percent] : [],
    ),
    [25, 50, 75],
  )
  t.deepEqual(await bob.hearsAll(), [])

  const { media, links } = await ada.call('media:get', { mediaId: signed.mediaId })
  t.deepEqual(media, ready)
  const sizes = links?.renditions.map(({ size, format }) => `${size} ${format}`)
  t.deepEqual(sizes, [
    '2048 webp',
    '2048 jpeg',
    '1080 webp',
    '1080 jpeg',
    '480 webp',
    '480 jpeg',
    '160 webp',
    '160 jpeg',
  ])
  for (const { url, bytes, width, height, format } of links?.renditions ?? []) {
    const body = Buffer.from(await (await fetch(url)).arrayBuffer())
    t.is(body.length, bytes)
    t.false(carriesMetadata(body))
    const found = await sharp(body).metadata()
    t.like(found, { format, width, height, orientation: undefined })
    t.true(height > width)
  }
})

test('the original is removed once its renditions are there, and when it is no photo', async t => {
  const [ada] = await t.context.cast('Ada')
  const storage = storageOf(t.context)
  const good = await upload(ada, await makePhoto({ width: 64, height: 48 }))
  const bad = await upload(ada, Buffer.from('no photo'))
  const keys = await t.context.db('media').whereIn('id', [good, bad]).pluck<string[]>('upload_key')
  for (const key of keys) t.truthy(await storage.stat(key))
  for (const mediaId of [good, bad]) await ada.call('upload:complete', { mediaId })
  await readyPhoto(ada) // photos are rendered one after another, so those two are done with
  for (const key of keys) t.is(await storage.stat(key), null)
})

test('an original that outlived its job is removed when the job runs again, which changes nothing else', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await readyPhoto(ada)
  const storage = storageOf(t.context)
  const [key = ''] = await t.context.db('media').where({ id: mediaId }).pluck<string[]>('upload_key')
  await readyPhoto(ada)
  await storage.write(key, Buffer.from('left behind'), 'image/jpeg') // as if the worker had died before removing it
  await enqueue(t.context, 'media:render', { mediaId })
  await readyPhoto(ada)
  t.is(await storage.stat(key), null)
  const told = (await ada.hearsAll()).filter(
    ({ name, payload }) => name.startsWith('media:') && (payload as { id?: string }).id === mediaId,
  )
  t.deepEqual(
    told.map(({ name }) => name),
    ['media:ready'],
  )
})

test('completing twice, also at once, makes one job and one event', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await upload(ada, await makePhoto({ width: 64, height: 48 }))
  const statuses = await Promise.all(Array.from({ length: 5 }, () => ada.call('upload:complete', { mediaId })))
  t.true(statuses.every(({ status }) => status === 'processing' || status === 'ready'))
  await ada.next('media:ready')
  t.is((await ada.call('upload:complete', { mediaId })).status, 'ready')
  const jobs = await t.context.db('event_log').where({ name: 'media:render' }).where('payload', 'like', `%${mediaId}%`)
  t.is(jobs.length, 1)
  t.is((await ada.hearsAll()).filter(({ name }) => name === 'media:ready').length, 1)
})
