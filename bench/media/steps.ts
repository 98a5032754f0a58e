/** The work that is measured, and the same done plainly: a pipeline for each file, as sharp encodes when told nothing. */
import sharp, { type ResizeOptions } from 'sharp'
import { decode, smaller, solid, type Pixels } from '../../src/infra/images/cascade.ts'
import { encode, formats, type Format } from '../../src/infra/images/encode.ts'
import { inspect } from '../../src/infra/images/inspect.ts'
import { render, SIZES, SQUARES } from '../../src/infra/images/render.ts'

/** How many bytes each file has. */
export type Made = Readonly<Record<string, number>>

/** The formats without which nobody could see a photo. */
const NEEDED: readonly Format[] = ['webp', 'jpeg']

/** The picture in each of its sizes, as the server makes them. */
export async function sizesOf(original: Buffer): Promise<Map<number, Pixels>> {
  const header = await inspect(original)
  const sizes = new Map<number, Pixels>()
  let pixels = await solid(await decode(original, header, SIZES[0]))
  for (const size of SIZES) {
    pixels = await smaller(pixels, size)
    sizes.set(size, pixels)
  }
  return sizes
}

/** Fits it into a square of `size`. */
export const within = (size: number): ResizeOptions => ({
  width: size,
  height: size,
  fit: 'inside',
  withoutEnlargement: true,
})

async function needed(original: Buffer): Promise<Made> {
  const made: Record<string, number> = {}
  for (const [size, pixels] of await sizesOf(original))
    for (const format of NEEDED) made[`${size}.${format}`] = (await encode(pixels, format, `${size}`)).bytes
  return made
}

async function all(original: Buffer): Promise<Made> {
  const { files } = await render(original, () => undefined)
  return Object.fromEntries(files.map(({ file, bytes }) => [file, bytes]))
}

async function plainly(original: Buffer, some: readonly Format[], squares: readonly number[]): Promise<Made> {
  sharp.concurrency(0) // as it is by itself; the server has set it otherwise
  sharp.cache(true)
  const made: Record<string, number> = {}
  const attention = { fit: 'cover', position: sharp.strategy.attention } as const
  for (const format of some) {
    const make = async (name: string, resize: ResizeOptions) => {
      const body = await sharp(original).autoOrient().resize(resize).toFormat(format).toBuffer()
      made[`${name}.${format}`] = body.length
    }
    for (const size of SIZES) await make(`${size}`, within(size))
    for (const size of squares) await make(`${size}-square`, { ...within(size), ...attention })
  }
  return made
}

export const WORKS = {
  needed,
  all,
  neededPlainly: (original: Buffer) => plainly(original, NEEDED, []),
  allPlainly: (original: Buffer) => plainly(original, formats, SQUARES),
}
export type WorkName = keyof typeof WORKS
