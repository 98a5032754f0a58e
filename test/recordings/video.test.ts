import anyTest from 'ava'
import sharp from 'sharp'
import { film, made, pictures, probed, rendered, tone, withFfmpeg } from './support/film.ts'

const test = withFfmpeg(anyTest)

const sizes = ({ files }: Awaited<ReturnType<typeof rendered>>) =>
  files.map(({ file, width, height }) => `${file} ${width}x${height}`)

test('a video comes back in two sizes every phone can play, with a picture out of it', async t => {
  const shares: number[] = []
  const video = await rendered('video', film('1920x1080', 3), shares)
  t.deepEqual(sizes(video), ['1280.mp4 1280x720', '640.mp4 640x360'])
  t.deepEqual([video.width, video.height], [1280, 720])
  t.true(Math.abs(video.durationMs - 3000) < 150, `${video.durationMs}`)
  for (const { bytes } of video.files) {
    const { streams } = probed(bytes)
    t.deepEqual(
      streams.map(({ codec_name: name, pix_fmt: format }) => [name, format]),
      [
        ['h264', 'yuv420p'],
        ['aac', undefined],
      ],
    )
    t.true(bytes.indexOf('moov') < bytes.indexOf('mdat'), 'it begins to play before it is there')
  }
  const poster = await sharp(video.poster ?? Buffer.alloc(0)).metadata()
  t.deepEqual([poster.width, poster.height], [1920, 1080])
  t.true(shares.length > 0 && shares.every(share => share >= 0 && share <= 1))
})

test('a small video is not enlarged, has even sides, and one without sound stays silent', async t => {
  const silent = made('mp4', [...pictures('101x75', 1), '-c:v', 'libx264', '-pix_fmt', 'yuv444p'])
  const video = await rendered('video', silent)
  t.deepEqual(sizes(video), ['640.mp4 100x74'])
  t.is(probed(video.files[0]?.bytes ?? Buffer.alloc(0)).streams.length, 1)
})

test('a video that was filmed upright is upright, though the file has it lying', async t => {
  const lying = film('640x360', 1)
  const matrix = lying.indexOf('tkhd') + 4 + 4 + 36 // of the first track: version, then what comes before the matrix
  for (const [index, value] of [0, 0x10000, 0, -0x10000, 0, 0, 360 << 16, 0, 0x40000000].entries())
    lying.writeInt32BE(value, matrix + index * 4)
  const video = await rendered('video', lying)
  t.deepEqual(sizes(video), ['640.mp4 360x640'])
  const poster = await sharp(video.poster ?? Buffer.alloc(0)).metadata()
  t.deepEqual([poster.width, poster.height], [360, 640])
})

test('more frames a second than thirty become thirty, and ten bits eight', async t => {
  const fast = made('mp4', [...pictures('320x240', 1, 60), '-c:v', 'libx264', '-pix_fmt', 'yuv420p10le'])
  const { files } = await rendered('video', fast)
  const [stream] = probed(files[0]?.bytes ?? Buffer.alloc(0)).streams
  t.is(stream?.['avg_frame_rate'], '30/1')
  t.is(stream?.['pix_fmt'], 'yuv420p')
})

test('nothing is left of where, when and by whom it was filmed, nor of what else is in the file', async t => {
  const secrets = ['+48.2082+016.3738/', 'Jane Q. Private', 'SN-0042']
  const told = { location: secrets[0], artist: secrets[1], comment: secrets[2] }
  const personal = Object.entries(told).flatMap(([name, value]) => ['-metadata', `${name}=${value}`])
  const streams = ['-metadata:s:v:0', `handler_name=${secrets[1]}`, '-metadata:s:a:0', `handler_name=${secrets[1]}`]
  const original = made('mov', [...pictures('320x240', 1), ...tone(1), ...personal, ...streams])
  for (const secret of Object.values(told)) t.true(original.includes(secret ?? ''), secret)
  const { files, poster } = await rendered('video', original)
  for (const bytes of [...files.map(file => file.bytes), poster ?? Buffer.alloc(0)]) {
    for (const secret of secrets) t.false(bytes.includes(secret), secret)
    t.false(bytes.includes('\u00a9xyz') || bytes.includes('loci'))
  }
  const { format, chapters } = probed(files[0]?.bytes ?? Buffer.alloc(0))
  t.deepEqual(chapters, [])
  t.is(format.tags?.['creation_time'], undefined)
})

test('of several pictures and sounds in a file the first are taken, and subtitles and data left', async t => {
  const two = made('mkv', [...pictures('320x240', 1), ...tone(1), ...tone(1), '-map', '0', '-map', '1', '-map', '2'])
  const { files } = await rendered('video', two)
  t.is(probed(files[0]?.bytes ?? Buffer.alloc(0)).streams.length, 2)
})

test('a video that does not say how long it is, as browsers record it, is taken and measured', async t => {
  const live = made('webm', [...pictures('320x240', 2), '-c:v', 'libvpx', '-live', '1'])
  t.is(probed(live).format.duration, undefined)
  const { durationMs } = await rendered('video', live)
  t.true(Math.abs(durationMs - 2000) < 150, `${durationMs}`)
})

test('a video whose pictures end before the place of its poster has the first of them', async t => {
  for (const seconds of [0.04, 0.4]) {
    const song = made('mp4', [...pictures('320x240', seconds), ...tone(20), '-c:v', 'libx264', '-c:a', 'aac'])
    const poster = await sharp((await rendered('video', song)).poster ?? Buffer.alloc(0)).metadata()
    t.deepEqual([poster.width, poster.height], [320, 240])
  }
})
