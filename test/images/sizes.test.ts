import test from 'ava'
import sharp from 'sharp'
import { sharpImages } from '../../src/infra/images/index.ts'
import type { RenderedSet } from '../../src/kernel/ports.ts'
import { makePhoto } from '../support/photo.ts'

const photos = sharpImages()
const picture = (width: number, height: number) => makePhoto({ width, height, gps: false })
const listed = ({ images }: RenderedSet) => images.map(i => `${i.size} ${i.format} ${i.width}x${i.height}`)

test('a large photo is made in four sizes and two formats, measured on its long edge', async t => {
  const set = await photos.render(await picture(2400, 1800), () => {})

  t.deepEqual([set.width, set.height], [2400, 1800])
  t.deepEqual(listed(set), [
    '2048 webp 2048x1536',
    '2048 jpeg 2048x1536',
    '1080 webp 1080x810',
    '1080 jpeg 1080x810',
    '480 webp 480x360',
    '480 jpeg 480x360',
    '160 webp 160x120',
    '160 jpeg 160x120',
  ])
})

test('each rendition is what it says it is, and the JPEGs are progressive', async t => {
  const { images } = await photos.render(await picture(600, 300), () => {})

  for (const image of images) {
    const found = await sharp(image.body).metadata()
    t.deepEqual([found.format, found.width, found.height], [image.format, image.width, image.height])
    t.is(found.space, 'srgb')
    t.is(found.isProgressive, image.format === 'jpeg')
  }
})

test('a picture between two sizes is kept at its own size under the next one up', async t => {
  t.deepEqual(listed(await photos.render(await picture(300, 500), () => {})), [
    '1080 webp 300x500',
    '1080 jpeg 300x500',
    '480 webp 288x480',
    '480 jpeg 288x480',
    '160 webp 96x160',
    '160 jpeg 96x160',
  ])
})

test('a picture of exactly one of the sizes appears under it once', async t => {
  t.deepEqual(listed(await photos.render(await picture(480, 240), () => {})), [
    '480 webp 480x240',
    '480 jpeg 480x240',
    '160 webp 160x80',
    '160 jpeg 160x80',
  ])
})

test('a picture smaller than every size is never enlarged', async t => {
  t.deepEqual(listed(await photos.render(await picture(40, 30), () => {})), ['160 webp 40x30', '160 jpeg 40x30'])
})

test('a sliver keeps at least one pixel', async t => {
  const { images } = await photos.render(await picture(3000, 2), () => {})

  t.deepEqual(images.at(-1) && [images.at(-1)?.width, images.at(-1)?.height], [160, 1])
})
