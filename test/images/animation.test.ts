import test from 'ava'
import sharp from 'sharp'
import { render } from '../../src/infra/images/render.ts'
import { refusalOf } from '../support/refusal.ts'

/** A film of one colour after the other. */
async function film(format: 'gif' | 'webp', frames: number, side = 40): Promise<Buffer> {
  const pictures = await Promise.all(
    Array.from({ length: frames }, (_, n) =>
      sharp({ create: { width: side, height: side, channels: 3, background: `hsl(${n * 37}, 90%, 50%)` } })
        .png()
        .toBuffer(),
    ),
  )
  const joined = sharp(pictures, { join: { animated: true } })
  const delay = pictures.map(() => 120)
  return (format === 'gif' ? joined.gif({ delay, loop: 0 }) : joined.webp({ delay, loop: 0 })).toBuffer()
}

for (const format of ['gif', 'webp'] as const) {
  test(`a ${format} that moves has one rendition that moves as it does, beside its first frame`, async t => {
    const { isAnimated, files } = await render(await film(format, 5), () => {})
    t.true(isAnimated)
    const moving = files.filter(({ file }) => file.includes('animated'))
    t.deepEqual(
      moving.map(({ file, type, width, height }) => ({ file, type, width, height })),
      [{ file: '480-animated.webp', type: 'image/webp', width: 40, height: 40 }],
    )
    const { pages, delay, loop } = await sharp(moving[0]?.body as Buffer).metadata()
    t.deepEqual({ pages, delay, loop }, { pages: 5, delay: [120, 120, 120, 120, 120], loop: 0 })
    for (const { file, body } of files)
      if (!file.includes('animated')) t.is((await sharp(body as Buffer).metadata()).pages ?? 1, 1, file)
  })
}

test('a film of a hundred frames is taken, and one of a hundred and one refused', async t => {
  t.is(await refusalOf(await film('gif', 100)), 'accepted')
  t.is(await refusalOf(await film('gif', 101)), 'too_many_frames')
})

test('a film of more pixels than a photo may have is kept as its first frame', async t => {
  const { isAnimated, files } = await render(await film('webp', 11, 2000), () => {})
  t.false(isAnimated)
  t.false(files.some(({ file }) => file.includes('animated')))
})
