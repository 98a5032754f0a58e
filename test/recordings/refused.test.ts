import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import anyTest from 'ava'
import sharp from 'sharp'
import { openRecordings } from '../../src/infra/recordings/index.ts'
import { program } from '../../src/infra/recordings/program.ts'
import { UnreadableMedia } from '../../src/kernel/media.ts'
import { film, made, pictures, PROGRAMS, refusalOf, tone, withFfmpeg } from './support/film.ts'

const test = withFfmpeg(anyTest)

const playlist = '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'

const strangers: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  text: Buffer.from('This is no film. '.repeat(20)),
  'a list of other files': Buffer.from(playlist),
  'a script that joins files': Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n"),
  'text of two bytes a letter': Buffer.from(`\ufeff${playlist}`, 'utf16le'),
  'a picture of a phone': Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')]),
  'a description of a stream': Buffer.from(
    'v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n',
  ),
}

for (const [name, bytes] of Object.entries(strangers)) {
  test(`${name} is refused as no recording, whichever it is sent as`, async t => {
    for (const kind of ['video', 'audio'] as const) t.is(await refusalOf(kind, bytes), 'not_a_recording')
  })
}

test('a list of other files behind the beginning of a film is not followed', async t => {
  const box = Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 0, 1])
  t.is(await refusalOf('video', Buffer.concat([box, Buffer.from(playlist)])), 'damaged')
})

test('a picture is no video, and neither is a sound, though it has a cover', async t => {
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .avif()
    .toBuffer()
  t.not(await refusalOf('video', picture), 'accepted')
  t.is(await refusalOf('video', made('m4a', [...tone(1), '-c:a', 'aac'])), 'not_a_recording')
  t.is(await refusalOf('audio', made('mp4', [...pictures('64x64', 1)])), 'not_a_recording')
})

test('a video of three minutes is taken and one of more is not, also when it does not say so', async t => {
  const still = (seconds: number, ending: string, more: readonly string[] = []) =>
    made(ending, [...pictures('16x16', seconds, 1), ...more])
  t.is(await refusalOf('video', still(180, 'mp4')), 'accepted')
  t.is(await refusalOf('video', still(182, 'mp4')), 'too_long')
  t.is(await refusalOf('video', still(182, 'webm', ['-c:v', 'libvpx', '-live', '1'])), 'too_long')
})

test('a video of more pixels than a screen has is refused', async t => {
  const wide = (size: string) => made('mp4', [...pictures(size, 0.1, 10), '-c:v', 'mpeg4'])
  t.is(await refusalOf('video', wide('4098x16')), 'too_many_pixels')
  t.is(await refusalOf('video', wide('4096x2320')), 'too_many_pixels')
})

test('a video that was cut short is refused, wherever it keeps what it is made of', async t => {
  const front = film('320x240', 4, ['-movflags', '+faststart'])
  for (const video of [film('320x240', 4), front])
    t.is(await refusalOf('video', video.subarray(0, video.length / 2)), 'damaged')
})

anyTest('without the programs nothing can be made, and it is known beforehand', async t => {
  const none = { ffmpeg: 'no-such-ffmpeg', ffprobe: 'no-such-ffprobe', path: PROGRAMS.path }
  t.false((await openRecordings(none)).able)
})

anyTest('a program that does not end is ended, with what it started', async t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-script-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const script = path.join(folder, 'hangs')
  writeFileSync(script, '#!/bin/sh\necho started\nsleep 600 &\nwait\n')
  chmodSync(script, 0o755)
  const heard: string[] = []
  const began = performance.now()
  const run = program(script, PROGRAMS.path)([], { seconds: 0.5, hear: line => heard.push(line) })
  t.is((await t.throwsAsync(run, { instanceOf: UnreadableMedia })).reason, 'too_slow')
  t.deepEqual(heard, ['started'])
  t.true(performance.now() - began < 10_000)
})

anyTest('a program knows nothing of our environment, and has no more memory than it may', async t => {
  const lines: string[] = []
  await program('env', PROGRAMS.path)([], { seconds: 5, hear: line => lines.push(line) })
  t.deepEqual(
    lines.filter(line => !/^(PATH|PWD|OLDPWD|SHLVL|_)=/.test(line)),
    [],
  )
  const limits: string[] = []
  await program('/bin/sh', PROGRAMS.path)(['-c', 'ulimit -v'], { seconds: 5, hear: line => limits.push(line) })
  t.deepEqual(limits, ['2000000'])
})
