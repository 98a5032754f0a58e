import { writeFileSync } from 'node:fs'
import path from 'node:path'
import anyTest from 'ava'
import { probe } from '../../src/infra/recordings/probe.ts'
import { program } from '../../src/infra/recordings/program.ts'
import { joined, made, pictures, PROGRAMS, refusalOf, rendered, tone, withFfmpeg, withFolder } from './support/film.ts'

const test = withFfmpeg(anyTest)

test('of what a file says of itself no more is heard than is asked, however much it is', t =>
  withFolder(async folder => {
    const remark = `comment=${'much to say '.repeat(9000)}`
    const many = Array.from({ length: 10 }, (_, index) => ['-metadata', `${remark}${index}`.replace('t', `t${index}`)])
    const file = path.join(folder, 'original')
    writeFileSync(file, made('webm', [...tone(1), '-c:a', 'libopus', ...many.flat()]))
    let heard = 0
    const ffprobe = program(PROGRAMS.ffprobe, PROGRAMS.path)
    const { sound } = await probe(
      (args, { seconds, hear }) =>
        ffprobe(args, {
          seconds,
          hear: line => {
            heard += line.length
            hear(line)
          },
        }),
      file,
      'matroska',
    )
    t.is(sound?.channels, 1)
    t.true(heard > 0 && heard < 2000, `${heard}`)
  }))

test('what no phone, camera or browser records with is not decoded', async t => {
  for (const codec of ['qtrle', 'cinepak', 'png', 'rawvideo'])
    t.is(await refusalOf('video', made('mov', [...pictures('64x64', 0.5), '-c:v', codec])), 'unsupported_format', codec)
})

test('a cover and subtitles beside a recording do it no harm', async t => {
  const cover = ['-f', 'lavfi', '-i', 'color=red:size=64x64:duration=1', '-frames:v', '1', '-c:v', 'png']
  const song = made('mp3', [...tone(1), ...cover, '-map', '0', '-map', '1', '-c:a', 'libmp3lame'])
  t.true(song.includes('PNG'))
  t.is((await rendered('audio', song)).files.length, 1)
  const words = ['-f', 'srt', '-i', 'data:text/plain,1\n00:00:00,000 --> 00:00:01,000\nhello\n\n', '-c:s', 'mov_text']
  t.is((await rendered('video', made('mp4', [...pictures('64x64', 1), ...words]))).files.length, 1)
})

test('frames that grow within a video beyond what we take are left out', async t => {
  const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8']
  const small = made('webm', [...pictures('320x240', 1), ...vp8])
  const large = made('webm', ['-f', 'lavfi', '-i', 'color=gray:size=4200x2400:rate=25:duration=0.2', ...vp8])
  const { durationMs } = await rendered('video', joined('webm', [small, large]))
  t.is(durationMs, 1000)
})

test('of a sound or a film that is cut where it may be, what is there is taken', async t => {
  const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)
  const song = await rendered('audio', half(made('mp3', [...tone(8), '-c:a', 'libmp3lame'])))
  t.true(Math.abs(song.durationMs - 4000) < 500, `${song.durationMs}`)
  const web = await rendered('video', half(made('webm', [...pictures('320x240', 4), '-c:v', 'libvpx'])))
  t.true(web.durationMs > 500 && web.durationMs < 3500, `${web.durationMs}`)
})

test('a video of noise becomes no more than its size may have', async t => {
  const noise = ['-f', 'lavfi', '-i', 'nullsrc=size=640x360:rate=25:duration=3,geq=random(1)*255:128:128']
  const video = made('mp4', [...noise, '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '30'])
  const [least] = (await rendered('video', video)).files
  t.true((least?.bytes.length ?? Infinity) < (1.5 * 1_200_000 * 3) / 8 + 300_000, `${least?.bytes.length}`)
  t.true(video.length > 2_000_000, `${video.length}`)
})
