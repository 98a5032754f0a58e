import test from 'ava'
import sharp from 'sharp'
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash'
import { render } from '../../src/infra/images/render.ts'

test('the ThumbHash previews the upright picture in its colour and shape', async t => {
  const photo = await sharp({ create: { width: 300, height: 600, channels: 3, background: 'rgb(220, 40, 60)' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  const { thumbhash } = await render(photo, () => {})
  const hash = Buffer.from(thumbhash, 'base64')
  const { r, g, b, a } = thumbHashToAverageRGBA(hash)

  t.true(hash.length <= 25)
  t.true(thumbHashToApproximateAspectRatio(hash) > 1.5)
  t.true(Math.abs(r * 255 - 220) < 15 && Math.abs(g * 255 - 40) < 15 && Math.abs(b * 255 - 60) < 15)
  t.is(a, 1)
})
