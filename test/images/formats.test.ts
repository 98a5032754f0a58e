import test from 'ava'
import sharp from 'sharp'
import { heic } from './support/heic.ts'
import { refusalOf } from '../support/refusal.ts'

const square = sharp({ create: { width: 20, height: 20, channels: 3, background: 'teal' } })
const box = (brands: string) => Buffer.concat([Buffer.from([0, 0, 0, 8 + brands.length]), Buffer.from(`ftyp${brands}`)])

const accepted = {
  JPEG: square.clone().jpeg().toBuffer(),
  PNG: square.clone().png().toBuffer(),
  WebP: square.clone().webp().toBuffer(),
  GIF: square.clone().gif().toBuffer(),
  HEIC: heic.tagged,
  AVIF: square.clone().avif({ effort: 0 }).toBuffer(),
}

const refused = {
  SVG: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'),
  'SVG behind a declaration': Buffer.from(
    '<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE svg>\n<svg width="9" height="9"/>',
  ),
  'a HEIF of unknown pixels': box('mif1\0\0\0\0mif1unci'),
  TIFF: square.clone().tiff().toBuffer(),
  PDF: Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n'),
}

const notPictures = {
  text: Buffer.from('This is a letter, not a picture. '.repeat(20)),
  HTML: Buffer.from('<!doctype html><title>x</title><script>alert(1)</script>'),
  nothing: Buffer.alloc(0),
  'a single byte': Buffer.from([0xff]),
  'a WAV file': Buffer.from('RIFF\u0024\0\0\0WAVEfmt \u0010\0\0\0'),
}

for (const [name, bytes] of Object.entries(accepted)) {
  test(`${name} is accepted`, async t => t.is(await refusalOf(await bytes), 'accepted'))
}

for (const [name, bytes] of Object.entries(refused)) {
  test(`${name} is refused as an unsupported format`, async t =>
    t.is(await refusalOf(await bytes), 'unsupported_format'))
}

for (const [name, bytes] of Object.entries(notPictures)) {
  test(`${name} is refused as not an image`, async t => t.is(await refusalOf(bytes), 'not_an_image'))
}
