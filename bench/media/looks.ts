import sharp, { type Sharp } from 'sharp'
import { ssim } from 'ssim.js'
import { again } from '../../src/infra/images/cascade.ts'
import { encode, formats, type Format } from '../../src/infra/images/encode.ts'
import { SIZES } from '../../src/infra/images/render.ts'
import type { Figure, Section } from '../results.ts'
import { saying, type Original } from './originals.ts'
import { sizesOf, within } from './steps.ts'

/** How near a rendition is to what it is of, and what it weighs. */
interface Look {
  readonly ssim: number
  readonly bytes: number
}
interface Compared {
  readonly kith: Look
  readonly plain: Look
}

const LEAST = 0.97

/** How the renditions look, beside the original resized without any loss. */
export async function looks(originals: readonly Original[]): Promise<Section> {
  const found = new Map<string, Compared[]>()
  const cascade = new Map<number, number[]>()
  for (const { bytes: original } of originals) {
    const { autoOrient: upright } = await sharp(original).metadata()
    for (const [size, pixels] of await sizesOf(original)) {
      const next = SIZES[SIZES.findIndex(edge => edge === size) + 1] ?? 0
      if (Math.max(upright.width, upright.height) <= next) continue // the server makes no such file
      const reduced = sharp(original)
        .autoOrient()
        .resize({ ...within(size), fastShrinkOnLoad: false })
      const wanted = await pointsOf(reduced)
      add(cascade, size, likeness(await pointsOf(again(pixels)), wanted))
      for (const format of formats) {
        const { body } = await encode(pixels, format, `${size}`)
        const plain = await sharp(original).autoOrient().resize(within(size)).toFormat(format).toBuffer()
        const look = async (body: Buffer) => ({
          ssim: likeness(await pointsOf(sharp(body)), wanted),
          bytes: body.length,
        })
        add(found, `${size}.${format}`, { kith: await look(body as Buffer), plain: await look(plain) })
      }
    }
  }
  return {
    title: 'Media: looks and bytes',
    about:
      'Each file against the original resized to its size by Lanczos 3 in one step and kept without loss: structural similarity ' +
      '(ssim.js, 11 by 11 points, at full size), the least of all photos; kilobytes, their sum. Under bare, what sharp makes when told ' +
      `nothing. The first line of a size has no encoder in it: what is lost by making each size from the one above. ${saying(originals)}`,
    figures: SIZES.flatMap(size => figuresOf(size, cascade.get(size) ?? [], found)),
  }
}

function figuresOf(size: number, cascade: readonly number[], found: ReadonlyMap<string, Compared[]>): Figure[] {
  if (cascade.length === 0) return []
  const unencoded = { what: `${size}: least similarity before encoding`, unit: '', figures: [Math.min(...cascade)] }
  return [unencoded, ...formats.flatMap(format => figuresOfFile(size, format, found.get(`${size}.${format}`) ?? []))]
}

function figuresOfFile(size: number, format: Format, compared: readonly Compared[]): Figure[] {
  const least = (side: keyof Compared) => [Math.min(...compared.map(looks => looks[side].ssim))]
  const kilobytes = (side: keyof Compared) => [compared.reduce((sum, looks) => sum + looks[side].bytes / 1000, 0)]
  const [kith, bare] = [kilobytes('kith'), kilobytes('plain')]
  return [
    {
      what: `${size}.${format}: least similarity`,
      unit: '',
      target: { atLeast: LEAST },
      figures: least('kith'),
      kith: least('kith'),
      bare: least('plain'),
    },
    { what: `${size}.${format}: kB, ratio`, unit: '', figures: [(kith[0] ?? NaN) / (bare[0] ?? NaN)], kith, bare },
  ]
}

const add = <K, V>(lists: Map<K, V[]>, key: K, value: V) => lists.set(key, [...(lists.get(key) ?? []), value])

type Points = Parameters<typeof ssim>[0]

async function pointsOf(picture: Sharp): Promise<Points> {
  const { data, info } = await picture
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height }
}

const likeness = (one: Points, other: Points) => ssim(one, other, { downsample: false }).mssim
