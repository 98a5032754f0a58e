import test from 'ava'
import sharp from 'sharp'
import { render } from '../../src/infra/images/render.ts'
import { carriesMetadata, makePhoto } from '../support/photo.ts'

test('no rendition tells where, when, by whom or with what a photo was taken', async t => {
  const photo = await makePhoto({ width: 1200, height: 900 })
  t.true(carriesMetadata(photo))
  t.true(photo.includes('GPS-MARKER-KITH') && photo.includes('SN-0042') && photo.includes('Testcam'))

  const { files } = await render(photo, () => {})

  t.is(files.length, 18)
  for (const body of files.map(({ body }) => body as Buffer)) {
    t.false(carriesMetadata(body))
    t.false(['GPS-MARKER-KITH', 'SN-0042', 'Testcam', 'Jane Q.'].some(secret => body.includes(secret)))
  }
})

test('what hides behind the picture or between its segments is gone', async t => {
  const plain = await makePhoto({ width: 200, height: 150, gps: false })
  const comment = Buffer.from([0xff, 0xfe, 0, 16, ...Buffer.from('<?php hidden()')])
  const loaded = Buffer.concat([plain.subarray(0, 2), comment, plain.subarray(2), Buffer.from('PK\u0003\u0004 tail')])
  t.true(carriesMetadata(loaded))

  for (const body of (await render(loaded, () => {})).files.map(({ body }) => body as Buffer)) {
    t.false(carriesMetadata(body))
    t.false(body.includes('<?php') || body.includes('PK\u0003\u0004'))
  }
})

test('the detector finds metadata of every kind in every format', async t => {
  const bare = sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
  const kinds = {
    exif: bare.clone().withExif({ IFD0: { Artist: 'Jane' } }),
    xmp: bare.clone().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'),
    icc: bare.clone().withIccProfile('p3'),
  }
  t.false(carriesMetadata(await bare.clone().jpeg().toBuffer()))
  t.false(carriesMetadata(await bare.clone().webp().toBuffer()))
  t.false(carriesMetadata(await bare.clone().avif().toBuffer()))
  for (const [kind, picture] of Object.entries(kinds)) {
    t.true(carriesMetadata(await picture.clone().jpeg().toBuffer()), `${kind} in JPEG`)
    t.true(carriesMetadata(await picture.clone().webp().toBuffer()), `${kind} in WebP`)
    t.true(carriesMetadata(await picture.clone().avif().toBuffer()), `${kind} in AVIF`)
  }
})
