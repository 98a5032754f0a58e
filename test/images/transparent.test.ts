import test from 'ava'
import sharp from 'sharp'
import { render } from '../../src/infra/images/render.ts'
import { makePhoto } from '../support/photo.ts'

const [WIDTH, HEIGHT] = [800, 600]
const ERASED = 100
const nothing = () => undefined

/** A photo whose left was erased: there it is wholly transparent, and has all its colours still. */
async function erasedPhoto(): Promise<Buffer> {
  const photo = await makePhoto({ width: WIDTH, height: HEIGHT, gps: false })
  const { data } = await sharp(photo).blur(3).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) if (pixel % WIDTH < ERASED) data[pixel * 4 + 3] = 0
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
    .png()
    .toBuffer()
}

test('what was erased from a picture is in none of its copies', async t => {
  const { files } = await render(await erasedPhoto(), nothing)
  const clear = files.filter(({ file, type }) => type !== 'image/jpeg' && !file.includes('square'))
  t.true(clear.some(({ type }) => type === 'image/avif'))
  for (const { file, body, width } of clear) {
    const scale = (width ?? WIDTH) / WIDTH
    const erased = { left: 0, top: 0, width: Math.floor(ERASED * scale) - 16, height: Math.floor(HEIGHT * scale) }
    const { channels } = await sharp(
      await sharp(body as Buffer)
        .extract(erased)
        .png()
        .toBuffer(),
    ).stats()
    for (const { stdev } of channels.slice(0, 3)) t.true(stdev < 3, `${file}: ${stdev}`)
  }
})

test('a picture of which nothing is seen has the colour of the white behind it', async t => {
  const picture = { width: 200, height: 100, channels: 4 as const, background: { r: 200, g: 0, b: 0, alpha: 0 } }
  const { color } = await render(await sharp({ create: picture }).png().toBuffer(), nothing)
  t.is(color, '#f8f8f8')
})
