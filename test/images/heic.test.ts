import test from 'ava'
import sharp from 'sharp'
import { render } from '../../src/infra/images/render.ts'
import { carriesMetadata } from '../support/metadata.ts'
import { refusalOf } from '../support/refusal.ts'
import { heic } from './support/heic.ts'

const CORNERS = [
  [5, 5, [255, 0, 0]],
  [58, 5, [0, 255, 0]],
  [5, 42, [0, 0, 255]],
  [58, 42, [255, 255, 255]],
] as const

async function unlike(body: Buffer): Promise<number> {
  const { data, info } = await sharp(body).raw().toBuffer({ resolveWithObject: true })
  const distances = CORNERS.flatMap(([x, y, wanted]) =>
    wanted.map((value, channel) => Math.abs((data[(y * info.width + x) * info.channels + channel] ?? 0) - value)),
  )
  return Math.max(...distances)
}

for (const [name, photo] of Object.entries(heic)) {
  test(`a HEIC photo (${name}) comes out in its own colours, and says nothing of who took it where`, async t => {
    const { files, width, height } = await render(photo, () => {})
    t.deepEqual([width, height], [64, 48])
    t.true(files.length >= 2)
    for (const { file, body } of files) {
      t.false(carriesMetadata(body as Buffer))
      t.false((body as Buffer).includes('Jane Q.'))
      if (file.endsWith('jpeg')) t.true((await unlike(body as Buffer)) < 40, `${await unlike(body as Buffer)}`)
    }
  })
}

test('a HEIC photo that is cut short or is none is refused as damaged', async t => {
  for (const share of [0.5, 0.9])
    t.is(await refusalOf(heic.tagged.subarray(0, Math.floor(heic.tagged.length * share))), 'damaged', `${share}`)
  t.is(await refusalOf(Buffer.concat([heic.tagged.subarray(0, 200), Buffer.alloc(500, 'x')])), 'damaged')
})
