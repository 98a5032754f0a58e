import test from 'ava'
import sharp from 'sharp'
import { render } from '../../src/infra/images/render.ts'

type Corners = readonly [topLeft: string, topRight: string, bottomLeft: string, bottomRight: string]

const UPRIGHT: Corners = ['red', 'lime', 'blue', 'white']

// The corners of that same picture as the camera stored them, by EXIF 2.3's table of where row 0 and column 0 lie.
const STORED: Readonly<Record<number, Corners>> = {
  1: ['red', 'lime', 'blue', 'white'],
  2: ['lime', 'red', 'white', 'blue'],
  3: ['white', 'blue', 'lime', 'red'],
  4: ['blue', 'white', 'red', 'lime'],
  5: ['red', 'blue', 'lime', 'white'],
  6: ['lime', 'white', 'red', 'blue'],
  7: ['white', 'lime', 'blue', 'red'],
  8: ['blue', 'red', 'white', 'lime'],
}

for (const [number, corners] of Object.entries(STORED)) {
  const orientation = Number(number)
  test(`a photo with orientation ${orientation} is shown upright and is not turned again`, async t => {
    const photo = await stored(corners, orientation)
    const set = await render(photo, () => {})

    t.deepEqual([set.width, set.height], [600, 400])
    const whole = set.files.filter(({ file }) => !file.includes('square'))
    t.true(whole.length >= 6)
    for (const body of whole.map(({ body }) => body as Buffer)) {
      t.is((await sharp(body).metadata()).orientation, undefined)
      t.deepEqual(await cornersOf(body), UPRIGHT)
    }
  })
}

function stored(corners: Corners, orientation: number): Promise<Buffer> {
  const [width, height] = orientation > 4 ? [400, 600] : [600, 400]
  const quarters = corners.map((background, index) => ({
    input: { create: { width: width / 2, height: height / 2, channels: 3 as const, background } },
    left: (index % 2) * (width / 2),
    top: Math.floor(index / 2) * (height / 2),
  }))
  return sharp({ create: { width, height, channels: 3, background: 'black' } })
    .composite(quarters)
    .withMetadata({ orientation })
    .jpeg({ quality: 95 })
    .toBuffer()
}

const NAMES: Readonly<Record<string, string>> = { '100': 'red', '010': 'lime', '001': 'blue', '111': 'white' }

async function cornersOf(body: Buffer) {
  const { data, info } = await sharp(body).raw().toBuffer({ resolveWithObject: true })
  const colour = (x: number, y: number) => {
    const at = (y * info.width + x) * info.channels
    return NAMES[[...data.subarray(at, at + 3)].map(value => (value > 127 ? 1 : 0)).join('')]
  }
  const [right, bottom] = [info.width - 10, info.height - 10]
  return [colour(10, 10), colour(right, 10), colour(10, bottom), colour(right, bottom)]
}
