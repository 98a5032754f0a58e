import anyTest from 'ava'
import { post } from '../sessions/support/phone.ts'
import { makePhoto } from '../support/photo.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { put, readyPhoto, upload } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test)

test('storage takes what was signed for, once, and nothing else', async t => {
  const [ada] = await t.context.cast('Ada')
  const photo = await makePhoto({ width: 64, height: 48 })
  const signed = await ada.call('upload:sign', { contentType: 'image/jpeg', bytes: photo.length })
  const larger = Buffer.concat([photo, Buffer.alloc(1)])
  t.is((await put(signed, larger)).status, 400, 'one byte too many')
  t.is((await put(signed, photo, { 'content-type': 'image/png' })).status, 403, 'another type')
  t.is((await put(signed, larger, { 'x-goog-content-length-range': '1,99999999' })).status, 403, 'a wider range')
  t.is((await put({ ...signed, url: signed.url.replace(/uploads\/./, 'uploads/_') }, photo)).status, 403, 'another key')
  t.is((await put(signed, photo)).status, 200)
  t.is((await put(signed, photo)).status, 412, 'a second time')
})

test('a type we do not take, nothing at all, and more than ten megabytes are not signed for', async t => {
  const [ada] = await t.context.cast('Ada')
  const wrong = [
    { contentType: 'image/svg+xml', bytes: 10 },
    { contentType: 'text/html', bytes: 10 },
    { contentType: 'image/jpeg', bytes: 0 },
    { contentType: 'image/jpeg', bytes: 10 * 1024 * 1024 + 1 },
    { contentType: 'image/jpeg', bytes: 1.5 },
  ]
  for (const input of wrong) t.is((await ada.refused('upload:sign', input as never)).reason, 'invalid')
})

test('completing what was never uploaded fails, and its owner hears why', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { mediaId } = await ada.call('upload:sign', { contentType: 'image/jpeg', bytes: 10 })
  await ada.call('upload:complete', { mediaId })
  t.like(await ada.next('media:failed'), { id: mediaId, status: 'failed', failure: 'missing', renditions: [] })
  t.like(await ada.call('upload:complete', { mediaId }), { status: 'failed' })
  t.deepEqual(await bob.hearsAll(), [])
})

test('text that says it is a photo fails, and so does half a photo', async t => {
  const [ada] = await t.context.cast('Ada')
  const photo = await makePhoto({ width: 640, height: 480 })
  const files = [
    [Buffer.from('This is not a photo. '.repeat(50)), 'not_an_image'],
    [photo.subarray(0, photo.length / 2), 'damaged'],
  ] as const
  for (const [body, failure] of files) {
    const mediaId = await upload(ada, body)
    await ada.call('upload:complete', { mediaId })
    t.like(await ada.next('media:failed'), { id: mediaId, failure })
    t.is((await ada.call('media:get', { mediaId })).links, null)
  }
})

test('another person’s photo is not found, exactly as one that never was', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const mediaId = await upload(ada, await makePhoto({ width: 64, height: 48 }))
  const none = crypto.randomUUID() as typeof mediaId
  for (const name of ['upload:complete', 'media:get'] as const) {
    const theirs = await bob.refused(name, { mediaId })
    t.like(theirs, { code: 'not_found', reason: 'media' })
    t.deepEqual(theirs.wire, (await bob.refused(name, { mediaId: none })).wire)
  }
  t.is((await ada.call('media:get', { mediaId })).media.status, 'awaiting')
})

test('of thirty uploads begun at once on two nodes, ten are signed for; done or an hour old, they make room', async t => {
  const { urls, db } = t.context
  const [ada] = await t.context.cast('Ada')
  const wish = { contentType: 'image/jpeg', bytes: 10 } as const
  const { accessToken } = (await ada.client.auth.tokens()) ?? {}
  const sign = (n: number) => post<{ mediaId: string }>(urls[n % 2] ?? '', '/v1/uploads', wish, accessToken)
  const signed = await Promise.all(Array.from({ length: 30 }, (_, n) => sign(n)))
  const given = signed.flatMap(answer => (answer.ok ? [answer.data.mediaId] : []))
  t.is(given.length, 10)
  t.is((await db('media').where({ owner_id: ada.id })).length, 10)
  t.like(await ada.refused('upload:sign', wish), { code: 'conflict', reason: 'too_many_uploads' })

  const hourAgo = new Date(Date.now() - 3_601_000)
  await db('media').where({ id: given[0] }).update({ created_at: hourAgo })
  await ada.call('upload:complete', { mediaId: given[1] as never })
  await ada.next('media:failed')
  for (let n = 0; n < 2; n++) await ada.call('upload:sign', wish)
  t.is((await ada.refused('upload:sign', wish)).reason, 'too_many_uploads')
})

test('a rendition is at no address that needs no signature', async t => {
  const [ada] = await t.context.cast('Ada')
  const { links } = await ada.call('media:get', { mediaId: await readyPhoto(ada) })
  for (const { url } of links?.renditions ?? []) {
    const bare = new URL(url)
    bare.search = ''
    t.true([401, 403].includes((await fetch(bare)).status))
    const forged = new URL(url)
    forged.searchParams.set('X-Goog-Expires', '3000')
    t.is((await fetch(forged)).status, 403)
    t.is(Number(new URL(url).searchParams.get('X-Goog-Expires')), 300)
  }
})
