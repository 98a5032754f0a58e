import test from 'ava'
import sharp from 'sharp'
import { render } from '../../src/infra/images/render.ts'
import type { RenderedImage } from '../../src/kernel/media.ts'
import { makePhoto } from '../support/photo.ts'

const picture = (width: number, height: number) => makePhoto({ width, height, gps: false })
const listed = ({ files }: RenderedImage, ending = 'webp') =>
  files.flatMap(({ file, width, height }) => (file.endsWith(`.${ending}`) ? [`${file} ${width}x${height}`] : []))

test('a large photo is made in four sizes, measured on its long edge, and in two squares, each in three formats', async t => {
  const image = await render(await picture(2400, 1800), () => {})

  t.deepEqual([image.width, image.height, image.isAnimated], [2400, 1800, false])
  for (const format of ['webp', 'jpeg', 'avif'])
    t.deepEqual(listed(image, format), [
      `480-square.${format} 480x480`,
      `160-square.${format} 160x160`,
      `2048.${format} 2048x1536`,
      `1080.${format} 1080x810`,
      `480.${format} 480x360`,
      `160.${format} 160x120`,
    ])
})

test('each rendition is what it says it is, and the JPEGs are progressive', async t => {
  const { files } = await render(await picture(600, 300), () => {})

  for (const { type, width, height, bytes, body } of files) {
    const found = await sharp(body as Buffer).metadata()
    const format = found.format === 'heif' ? 'avif' : found.format
    t.deepEqual([`image/${format}`, found.width, found.height, found.size], [type, width, height, bytes])
    t.is(found.space, 'srgb')
    t.is(found.isProgressive, type === 'image/jpeg')
  }
})

test('a picture between two sizes is kept at its own size under the next one up', async t => {
  const sizes = ['160-square.webp 160x160', '1080.webp 300x500', '480.webp 288x480', '160.webp 96x160']
  t.deepEqual(listed(await render(await picture(300, 500), () => {})), sizes)
})

test('a picture of exactly one of the sizes appears under it once', async t => {
  const sizes = ['160-square.webp 160x160', '480.webp 480x240', '160.webp 160x80']
  t.deepEqual(listed(await render(await picture(480, 240), () => {})), sizes)
})

test('a picture smaller than every size is never enlarged, and has no square', async t => {
  t.deepEqual(listed(await render(await picture(40, 30), () => {})), ['160.webp 40x30'])
})

test('a sliver keeps at least one pixel', async t => {
  const sizes = ['2048.webp 2048x1', '1080.webp 1080x1', '480.webp 480x1', '160.webp 160x1']
  t.deepEqual(listed(await render(await picture(3000, 2), () => {})), sizes)
})

test('a square shows what catches the eye', async t => {
  const background = { create: { width: 1200, height: 480, channels: 3 as const, background: '#888' } }
  const sun = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#fa0' } })
    .png()
    .toBuffer()
  const photo = await sharp(background)
    .composite([{ input: sun, left: 980, top: 140 }])
    .png()
    .toBuffer()
  const { files } = await render(photo, () => {})
  const square = files.find(({ file }) => file === '160-square.webp')?.body as Buffer
  const { dominant, isOpaque } = await sharp(square).stats()
  const [red, , blue] = (await sharp(square).stats()).channels
  t.true(isOpaque && dominant !== undefined)
  t.true((red?.mean ?? 0) - (blue?.mean ?? 0) > 10, 'the orange square is in it')
})

test('an AVIF is kept only where it has fewer bytes than the WebP', async t => {
  for (const size of [20, 900]) {
    const { files } = await render(await picture(size, size), () => {})
    for (const { file, bytes } of files.filter(({ type }) => type === 'image/avif'))
      t.true(bytes < (files.find(other => other.file === file.replace('avif', 'webp'))?.bytes ?? 0), file)
  }
})
