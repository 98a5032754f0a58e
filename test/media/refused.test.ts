import anyTest from 'ava'
import { post } from '../sessions/support/phone.ts'
import { enqueue } from '../support/enqueue.ts'
import { makePhoto } from '../support/photo.ts'
import { until } from '../support/until.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { storageOf } from './support/storage.ts'
import { put, readyPhoto, sign, upload, type Signed } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test)

test('storage takes what was signed for, once, and nothing else', async t => {
  const [ada] = await t.context.cast('Ada')
  const photo = await makePhoto({ width: 64, height: 48 })
  const signed = await sign(ada, { bytes: photo.length })
  const larger = Buffer.concat([photo, Buffer.alloc(1)])
  t.is((await put(signed, larger)).status, 400, 'one byte too many')
  t.is((await put(signed, Buffer.alloc(0))).status, 400, 'nothing')
  t.is((await put(signed, photo, { 'content-type': 'image/png' })).status, 403, 'another type')
  t.is((await put(signed, larger, { 'x-goog-content-length-range': '1,99999999' })).status, 403, 'a wider range')
  t.is((await put(signed, photo, { 'x-goog-if-generation-match': '1' })).status, 403, 'over what is there')
  t.is((await put({ ...signed, url: signed.url.replace(/uploads\/./, 'uploads/_') }, photo)).status, 403, 'another key')
  const later = signed.url.replace('X-Goog-Expires=600', 'X-Goog-Expires=6000')
  t.is((await put({ ...signed, url: later }, photo)).status, 403, 'for longer')
  t.is((await put(signed, photo)).status, 200)
  t.is((await put(signed, photo)).status, 412, 'a second time')
  await ada.call('upload:complete', { mediaId: signed.mediaId })
  await ada.next('media:ready')
  await until('the original is gone', async () => (await put(signed, photo)).status === 200)
  t.is((await ada.call('upload:complete', { mediaId: signed.mediaId })).status, 'ready', 'and it changes nothing')
})

test('a type we do not take, nothing at all, and more than there may be of a kind are not signed for', async t => {
  const [ada] = await t.context.cast('Ada')
  const MB = 1024 * 1024
  const wrong = [
    { contentType: 'image/svg+xml', bytes: 10 },
    { contentType: 'text/html', bytes: 10 },
    { contentType: 'image/jpeg', bytes: 0 },
    { contentType: 'image/jpeg', bytes: 10 * MB + 1 },
    { contentType: 'video/mp4', bytes: 100 * MB + 1 },
    { contentType: 'audio/mpeg', bytes: 20 * MB + 1 },
    { contentType: 'image/jpeg', bytes: 1.5 },
  ]
  for (const file of wrong) {
    const good = { contentType: 'image/jpeg', bytes: 10 } as const
    const { reason, fields } = await ada.refused('upload:sign', { files: [good, file] as never })
    t.is(reason, 'invalid', JSON.stringify(file))
    t.true(Object.keys(fields).every(field => field.startsWith('files.1.')))
  }
  t.deepEqual(Object.keys((await ada.refused('upload:sign', { files: [] })).fields), ['files'])
  t.is((await t.context.db('media').where({ owner_id: ada.id })).length, 0)
})

test('completing what was not uploaded is refused, and may be tried again when it is there', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const photo = await makePhoto({ width: 64, height: 48 })
  const signed = await sign(ada, { bytes: photo.length })
  const refused = await ada.refused('upload:complete', { mediaId: signed.mediaId })
  t.like(refused, { code: 'conflict', reason: 'not_uploaded' })
  await put(signed, photo)
  await ada.call('upload:complete', { mediaId: signed.mediaId })
  t.is((await ada.next('media:ready')).id, signed.mediaId)
  t.deepEqual(await bob.hearsAll(), [])
})

test('what storage should not have taken fails when it is complete, and is deleted', async t => {
  const [ada] = await t.context.cast('Ada')
  const storage = storageOf(t.context)
  const photo = await makePhoto({ width: 64, height: 48 })
  const cases = [
    [photo.length - 1, 'image/jpeg', 'too_large'],
    [photo.length, 'text/html', 'other_type'],
  ] as const
  for (const [bytes, contentType, reason] of cases) {
    const { mediaId } = await sign(ada, { bytes })
    const [key = ''] = await t.context.db('media').where({ id: mediaId }).pluck<string[]>('upload_key')
    await storage.write(key, photo, contentType)
    t.like(await ada.call('upload:complete', { mediaId }), { status: 'failed', failure: { reason } })
    t.like(await ada.next('media:failed', ({ id }) => id === mediaId), { failure: { reason } })
    await until('the file is gone', async () => (await storage.stat(key)) === null)
  }
})

test('what is written over the upload after it is complete is never made into a photo', async t => {
  const [ada] = await t.context.cast('Ada')
  const storage = storageOf(t.context)
  const mediaId = await upload(ada, await makePhoto({ width: 64, height: 48 }))
  const [key = ''] = await t.context.db('media').where({ id: mediaId }).pluck<string[]>('upload_key')
  const { generation = '' } = (await storage.stat(key)) ?? {}
  await storage.write(key, await makePhoto({ width: 99, height: 99 }), 'image/jpeg')
  t.not((await storage.stat(key))?.generation, generation)
  await t.context.db('media').where({ id: mediaId }).update({ status: 'processing', generation })
  await enqueue(t.context, 'media:render', { mediaId })
  await readyPhoto(ada) // photos are rendered in turn, so the one before has been tried
  t.like((await ada.call('media:get', { mediaId })).media, { status: 'processing', width: null })
  t.truthy(await storage.stat(key), 'it was not what ended it')
})

test('text that says it is a photo fails, and so does half a photo, in words a person understands', async t => {
  const [ada] = await t.context.cast('Ada')
  const photo = await makePhoto({ width: 640, height: 480 })
  const files = [
    [Buffer.from('This is not a photo. '.repeat(50)), 'not_an_image', 'The file is no picture'],
    [photo.subarray(0, photo.length / 2), 'damaged', 'The file is damaged'],
  ] as const
  for (const [body, reason, message] of files) {
    const mediaId = await upload(ada, body)
    await ada.call('upload:complete', { mediaId })
    t.like(await ada.next('media:failed', ({ id }) => id === mediaId), { failure: { reason, message } })
    t.is((await ada.call('media:get', { mediaId })).links, null)
  }
})

test('another person’s photo is not found, exactly as one that never was', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const mediaId = await upload(ada, await makePhoto({ width: 64, height: 48 }))
  const none = crypto.randomUUID() as typeof mediaId
  for (const name of ['upload:complete', 'media:get', 'media:remove'] as const) {
    const theirs = await bob.refused(name, { mediaId })
    t.like(theirs, { code: 'not_found', reason: 'media' })
    t.deepEqual(theirs.wire, (await bob.refused(name, { mediaId: none })).wire)
  }
  t.is((await ada.call('media:get', { mediaId })).media.status, 'awaiting')
})

test('of thirty uploads begun at once on two nodes, ten are signed for; done or an hour old, they make room', async t => {
  const { urls, db } = t.context
  const [ada] = await t.context.cast('Ada')
  const wish = { files: [{ contentType: 'image/jpeg' as const, bytes: 10 }] }
  const { accessToken } = (await ada.client.auth.tokens()) ?? {}
  const ask = (n: number) => post<{ uploads: Signed[] }>(urls[n % 2] ?? '', '/v1/uploads', wish, accessToken)
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(n)))
  const given = answers.flatMap(answer => (answer.ok ? answer.data.uploads : []))
  t.is(given.length, 10)
  t.is((await db('media').where({ owner_id: ada.id })).length, 10)
  t.like(await ada.refused('upload:sign', wish), { code: 'conflict', reason: 'too_many_uploads' })

  const [old, done] = given as [Signed, Signed]
  const hourAgo = new Date(Date.now() - 3_601_000)
  await db('media').where({ id: old.mediaId }).update({ created_at: hourAgo })
  await put(done, Buffer.from('no photo'))
  await ada.call('upload:complete', { mediaId: done.mediaId })
  await ada.next('media:failed')
  t.is((await ada.refused('upload:sign', { files: [1, 2, 3].map(() => wish.files[0] as never) })).code, 'conflict')
  for (let n = 0; n < 2; n++) await ada.call('upload:sign', wish)
  t.is((await ada.refused('upload:sign', wish)).reason, 'too_many_uploads')
})

test('more than a gigabyte a day is not signed for, and it is said when there is room again', async t => {
  const [ada] = await t.context.cast('Ada')
  const bytes = 8 * 1024 * 1024
  await t.context.db('media').insert(
    Array.from({ length: 127 }, (_, n) => ({
      owner_id: ada.id,
      status: 'failed',
      failure: 'missing',
      upload_key: `uploads/${crypto.randomUUID()}`,
      content_type: 'image/jpeg',
      bytes,
      created_at: new Date(Date.now() - (n === 0 ? 23.5 : 1) * 3_600_000),
    })),
  )
  await sign(ada, { bytes })
  const refused = await ada.refused('upload:sign', { files: [{ contentType: 'image/jpeg', bytes: 1 }] })
  t.like(refused, { code: 'rate_limited', reason: 'uploads_spent', retry: true })
  const minutes = (refused.wire.retryAfterMs ?? 0) / 60_000
  t.true(minutes > 28 && minutes <= 30, `${minutes}`)
})
