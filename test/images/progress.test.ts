import test from 'ava'
import { render } from '../../src/infra/images/render.ts'
import { makePhoto } from '../support/photo.ts'

test('progress is told after each rendition and ends at one', async t => {
  const shares: number[] = []
  await render(await makePhoto({ width: 400, height: 300, gps: false }), share => shares.push(share))

  t.is(shares.length, 9)
  t.deepEqual(
    shares,
    shares.toSorted((one, other) => one - other),
  )
  t.is(shares.at(-1), 1)
})
