import test from 'ava'
import sharp from 'sharp'
import { paint, type Picture } from '../../seeds/pictures.ts'

const wide: Picture = { land: 'peaks', light: 'dawn' }

test('a picture is a JPEG of the size of a photo', async t => {
  t.like(await sharp(await paint('one', wide)).metadata(), { format: 'jpeg', width: 1600, height: 1200 })
  const upright = await paint('one', { ...wide, upright: true })
  t.like(await sharp(upright).metadata(), { format: 'jpeg', width: 1200, height: 1600 })
})

test('the same name gives the same bytes, another name another picture', async t => {
  for (const land of ['hills', 'peaks', 'dunes', 'sea', 'roofs', 'pines'] as const) {
    const [once, twice, other] = await Promise.all(
      ['one', 'one', 'two'].map(name => paint(name, { land, light: 'night' })),
    )
    t.deepEqual(once, twice)
    t.notDeepEqual(once, other)
  }
})
