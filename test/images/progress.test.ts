import test from 'ava'
import { sharpImages } from '../../src/infra/images/index.ts'
import { makePhoto } from '../support/photo.ts'

test('progress is told after each rendition and ends at one', async t => {
  const shares: number[] = []
  await sharpImages().render(await makePhoto({ width: 400, height: 300, gps: false }), share => shares.push(share))

  t.deepEqual(shares, [0.25, 0.5, 0.75, 1])
})
