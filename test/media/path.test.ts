import assert from 'node:assert/strict'
import anyTest from 'ava'
import sharp from 'sharp'
import { carriesMetadata, makePhoto } from '../support/photo.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { until } from '../support/until.ts'
import { enqueue } from '../support/enqueue.ts'
import { storageOf } from './support/storage.ts'
import { fetchFile, put, readyPhoto, sign, upload } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a photo goes to storage and comes back upright, clean and in several sizes, and its owner follows it', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const photo = await makePhoto({ width: 1600, height: 1200, orientation: 6, gps: true })
  const signed = await sign(ada, { bytes: photo.length })
  const { mediaId } = signed
  t.like(await ada.call('media:get', { mediaId }), { media: { status: 'awaiting' }, links: null })
  t.is((await put(signed, photo)).status, 200)
  t.like(await ada.call('upload:complete', { mediaId }), { status: 'processing', kind: 'image' })

  const ready = await ada.next('media:ready')
  t.like(ready, { id: mediaId, status: 'ready', width: 1200, height: 1600, failure: null, isAnimated: false })
  t.regex(ready.color ?? '', /^#[\da-f]{6}$/)
  t.deepEqual(
    (await ada.hearsAll()).flatMap(({ name, payload }) =>
      name === 'media:progressed' ? [(payload as { percent: number }).percent] : [],
    ),
    [25, 50, 75],
  )
  t.deepEqual(await bob.hearsAll(), [])

  const { media, links } = await ada.call('media:get', { mediaId })
  t.deepEqual(media, ready)
  assert.ok(links)
  const names = ['480-square', '160-square', '2048', '1080', '480', '160']
  t.deepEqual(
    links.renditions.map(({ file }) => file),
    ['webp', 'jpeg', 'avif'].flatMap(format => names.map(name => `${name}.${format}`)),
  )
  for (const { file, type, bytes, width, height } of links.renditions) {
    const body = Buffer.from(await (await fetchFile(ada, links, file)).arrayBuffer())
    t.is(body.length, bytes)
    t.false(carriesMetadata(body))
    const found = await sharp(body).metadata()
    t.like(found, { width, height, orientation: undefined })
    t.is(`image/${found.format === 'heif' ? 'avif' : found.format}`, type)
    if (!file.includes('square')) t.true(found.height > found.width)
  }
  const bytes = links.renditions.reduce((sum, rendition) => sum + rendition.bytes, 0)
  t.deepEqual(await ada.call('storage:get', {}), { count: 1, bytes })
  t.deepEqual(await bob.call('storage:get', {}), { count: 0, bytes: 0 })
})

test('several files are signed for in one call, each with its own media', async t => {
  const [ada] = await t.context.cast('Ada')
  const photos = await Promise.all([40, 60, 80].map(width => makePhoto({ width, height: 30, gps: false })))
  const files = photos.map(({ length: bytes }) => ({ contentType: 'image/jpeg' as const, bytes }))
  const { uploads } = await ada.call('upload:sign', { files })
  t.is(new Set(uploads.map(({ url }) => new URL(url).pathname)).size, 3)
  for (const [index, signed] of uploads.entries()) {
    t.is((await put(signed, photos[index] as Buffer)).status, 200)
    await ada.call('upload:complete', { mediaId: signed.mediaId })
    t.is((await ada.next('media:ready', ({ id }) => id === signed.mediaId)).width, [40, 60, 80][index] ?? null)
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
  for (const key of keys)
    await t.notThrowsAsync(until('the original is gone', async () => (await storage.stat(key)) === null))
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
