import anyTest from 'ava'
import { film, made, probed, rendered, tone, withFfmpeg } from './support/film.ts'

const test = withFfmpeg(anyTest)

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  mp3: ['-c:a', 'libmp3lame'],
  m4a: ['-c:a', 'aac'],
  aac: ['-c:a', 'aac', '-f', 'adts'],
  ogg: ['-c:a', 'libopus'],
  webm: ['-c:a', 'libopus'],
  wav: [],
}

for (const [ending, args] of Object.entries(FORMATS)) {
  test(`a sound as ${ending} comes back as one every phone can play, and says nothing of who made it`, async t => {
    const original = made(ending, [...tone(2), '-metadata', 'artist=Jane Q. Private', ...args])
    const { files, durationMs, width, poster } = await rendered('audio', original)
    t.deepEqual(
      files.map(({ file }) => file),
      ['sound.m4a'],
    )
    t.deepEqual([width, poster], [null, null])
    t.true(Math.abs(durationMs - 2000) < 150, `${durationMs}`)
    const [sound] = files
    t.false(sound?.bytes.includes('Jane Q.'))
    const { streams } = probed(sound?.bytes ?? Buffer.alloc(0))
    t.deepEqual(
      streams.map(({ codec_name: name, channels }) => [name, channels]),
      [['aac', 1]],
    )
  })
}

test('of a video sent as a sound the sound is taken', async t => {
  const { files } = await rendered('audio', film())
  t.is(probed(files[0]?.bytes ?? Buffer.alloc(0)).streams.length, 1)
})
