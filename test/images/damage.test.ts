import { randomBytes } from 'node:crypto'
import test from 'ava'
import sharp from 'sharp'
import { makePhoto } from '../support/photo.ts'
import { refusalOf } from '../support/refusal.ts'

const photo = await makePhoto({ width: 400, height: 300, gps: false })
const whole = {
  JPEG: photo,
  'progressive JPEG': await sharp(photo).jpeg({ progressive: true }).toBuffer(),
  PNG: await sharp(photo).png().toBuffer(),
  WebP: await sharp(photo).webp().toBuffer(),
  GIF: await sharp(photo).gif().toBuffer(),
}

for (const [name, bytes] of Object.entries(whole)) {
  test(`a ${name} cut short is refused as damaged`, async t => {
    t.is(await refusalOf(bytes), 'accepted')
    for (const share of [0.2, 0.5, 0.95]) {
      t.is(await refusalOf(bytes.subarray(0, Math.floor(bytes.length * share))), 'damaged', `${share}`)
    }
  })
}

test('a good beginning with nonsense behind it is refused as damaged', async t => {
  t.is(await refusalOf(Buffer.concat([photo.subarray(0, 4), Buffer.alloc(500, 'x')])), 'damaged')
  t.is(await refusalOf(Buffer.from(`GIF89a${'<script>'.repeat(20)}`)), 'damaged')
})

test('a JPEG that lacks its end and nothing else is accepted, as some phones write it', async t => {
  t.is(await refusalOf(photo.subarray(0, -2)), 'accepted')
  t.is(await refusalOf(photo.subarray(0, -40)), 'damaged')
})

test('a JPEG that is drawn over more than a hundred times is refused before it is drawn', async t => {
  const scan = Buffer.from([0xff, 0xda, 0, 2])
  const many = Buffer.concat([photo.subarray(0, -2), ...Array.from({ length: 100 }, () => scan), photo.subarray(-2)])
  t.is(await refusalOf(many), 'too_many_scans')
})

test('neither a film behind a photo nor what is in its segments counts as drawn', async t => {
  const film = Buffer.concat([randomBytes(1000), ...Array.from({ length: 200 }, () => Buffer.from([0xff, 0xda, 0, 2]))])
  t.is(await refusalOf(Buffer.concat([photo, film])), 'accepted')
  const note = Buffer.concat([Buffer.from([0xff, 0xe9]), Buffer.alloc(2), film])
  note.writeUInt16BE(note.length - 2, 2)
  t.is(await refusalOf(Buffer.concat([photo.subarray(0, 2), note, photo.subarray(2)])), 'accepted')
})

test('what no decoder takes for a segment hides no scans', async t => {
  const scans = Array.from({ length: 101 }, () => Buffer.from([0xff, 0xda, 0, 2]))
  const cloak = Buffer.from([0xff, 0x02, 0xff, 0xff])
  const many = Buffer.concat([photo.subarray(0, -2), cloak, ...scans, photo.subarray(-2)])
  t.is(await refusalOf(many), 'too_many_scans')
})
