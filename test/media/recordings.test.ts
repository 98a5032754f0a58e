import assert from 'node:assert/strict'
import anyTest from 'ava'
import { film, made, tone, withFfmpeg } from '../recordings/support/film.ts'
import { openWorld, withWorld, type WorldTest } from '../support/world.ts'
import { fetchFile, put, sign, upload } from './support/upload.ts'

const everywhere = anyTest as WorldTest
withWorld(everywhere, { env: { FFMPEG_BIN: 'ffmpeg' } })
const test = withFfmpeg(anyTest) as WorldTest

test('a video goes to storage and comes back small, clean and with its poster, and can be posted', async t => {
  const [ada] = await t.context.cast('Ada')
  const video = film('1920x1080', 2, ['-metadata', 'artist=Jane Q. Private'])
  const mediaId = await upload(ada, video, 'video/mp4')
  t.like(await ada.call('upload:complete', { mediaId }), { kind: 'video', status: 'processing' })
  const ready = await ada.next('media:ready')
  t.like(ready, { id: mediaId, kind: 'video', width: 1280, height: 720 })
  t.true(Math.abs((ready.durationMs ?? 0) - 2000) < 150)
  t.truthy(ready.thumbhash && ready.color)
  t.true(ada.heard.some(({ name }) => name === 'media:progressed'))

  const { links } = await ada.call('media:get', { mediaId })
  assert.ok(links)
  const names = links.renditions.map(({ file }) => file)
  t.deepEqual(names.slice(0, 2), ['1280.mp4', '640.mp4'])
  t.true(names.includes('480.webp') && names.includes('160-square.jpeg'))
  const whole = await fetchFile(ada, links, '640.mp4')
  t.is(whole.headers.get('content-type'), 'video/mp4')
  t.false(Buffer.from(await whole.arrayBuffer()).includes('Jane Q.'))
  const part = await fetchFile(ada, links, '640.mp4', { range: 'bytes=100-199' })
  t.is(part.status, 206)
  t.is((await part.arrayBuffer()).byteLength, 100)

  const saved = await ada.call('media:get', { mediaId, dataSaver: true })
  const widest = Math.max(...(saved.links?.renditions ?? []).map(({ width }) => width ?? 0))
  t.is(widest, 640)
  const post = await ada.call('post:create', { media: [{ mediaId, altText: 'The ridge' }] })
  t.is(post.media[0]?.media.kind, 'video')
})

test('a sound comes back as one every phone can play', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await upload(ada, made('mp3', tone(2)), 'audio/mpeg')
  await ada.call('upload:complete', { mediaId })
  t.like(await ada.next('media:ready'), { kind: 'audio', width: null, thumbhash: null })
  const { links } = await ada.call('media:get', { mediaId, dataSaver: true })
  t.deepEqual(
    links?.renditions.map(({ file, type }) => [file, type]),
    [['sound.m4a', 'audio/mp4']],
  )
})

test('a video that is none, and one that is too long, fail with the reason', async t => {
  const [ada] = await t.context.cast('Ada')
  const files = [
    [Buffer.from('This is no film. '.repeat(20)), 'not_a_recording'],
    [made('mp4', ['-f', 'lavfi', '-i', 'testsrc=size=16x16:rate=1:duration=182']), 'too_long'],
  ] as const
  for (const [body, reason] of files) {
    const mediaId = await upload(ada, body, 'video/mp4')
    await ada.call('upload:complete', { mediaId })
    t.like(await ada.next('media:failed', ({ id }) => id === mediaId), { failure: { reason } })
  }
})

everywhere('where there is no ffmpeg, videos and sounds are not signed for, and photos are', async t => {
  await using world = await openWorld()
  const [ada] = await world.cast('Ada')
  for (const contentType of ['video/mp4', 'audio/mpeg'] as const) {
    const files = [{ contentType, bytes: 10 }]
    t.like(await ada.refused('upload:sign', { files }), { code: 'bad_request', reason: 'no_recordings' })
  }
  const signed = await sign(ada)
  t.is((await put(signed, Buffer.from('0123456789'))).status, 200)
})
