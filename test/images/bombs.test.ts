import { crc32 } from 'node:zlib'
import test from 'ava'
import sharp from 'sharp'
import { makePhoto } from '../support/photo.ts'
import { refusalOf } from '../support/refusal.ts'

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()

// A PNG whose header claims a size that its few bytes do not have.
async function claimingPng(width: number, height: number): Promise<Buffer> {
  const png = await flat(1, 1)
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  return png
}

async function claimingJpeg(width: number, height: number): Promise<Buffer> {
  const jpeg = await makePhoto({ width: 16, height: 16, gps: false })
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg.writeUInt16BE(height, frame + 5)
  jpeg.writeUInt16BE(width, frame + 7)
  return jpeg
}

test('a header that claims billions of pixels is refused before anything is decoded', async t => {
  const before = process.memoryUsage().rss
  t.is(await refusalOf(await claimingPng(65_535, 65_535)), 'too_many_pixels')
  t.is(await refusalOf(await claimingJpeg(65_500, 65_500)), 'too_many_pixels')
  t.true(process.memoryUsage().rss - before < 100e6)
})

test('a picture of more than 40 megapixels is refused though its sides are short enough', async t => {
  t.is(await refusalOf(await claimingJpeg(8001, 5000)), 'too_many_pixels')
})

test('a picture of exactly 40 megapixels is accepted', async t => {
  t.is(await refusalOf(await flat(8000, 5000)), 'accepted')
})

test('a side of 16384 is accepted and one pixel more is refused', async t => {
  t.is(await refusalOf(await flat(16_384, 2)), 'accepted')
  t.is(await refusalOf(await flat(16_385, 2)), 'too_many_pixels')
  t.is(await refusalOf(await flat(2, 16_385)), 'too_many_pixels')
})
