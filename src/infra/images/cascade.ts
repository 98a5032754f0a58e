import sharp, { type Sharp } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import { type RenderedImage, UnreadableImage } from '../../kernel/ports.ts'
import type { Inspected } from './inspect.ts'

/** Decoded pixels, 8 bits a channel. */
export interface Pixels {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

const STEP_SECONDS = 30

async function pixelsOf(pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await pipeline
    .timeout({ seconds: STEP_SECONDS })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

const again = ({ data, width, height, channels }: Pixels) => sharp(data, { raw: { width, height, channels } })

/** Decodes a photo once: upright, in sRGB, at most `size` on its long edge. */
export async function decode(original: Buffer, { options }: Inspected, size: number): Promise<Pixels> {
  try {
    const upright = sharp(original, options).autoOrient()
    return await pixelsOf(shrink(upright, size))
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith('timeout')) throw cause
    throw new UnreadableImage('damaged', { cause })
  }
}

const shrink = (pipeline: Sharp, size: number) =>
  pipeline.resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })

/** The same picture, at most `size` on its long edge. */
export const smaller = (pixels: Pixels, size: number): Promise<Pixels> =>
  Math.max(pixels.width, pixels.height) <= size ? Promise.resolve(pixels) : pixelsOf(shrink(again(pixels), size))

const encoders = {
  webp: (pixels: Pixels) => again(pixels).webp({ quality: 80, effort: 2 }),
  jpeg: (pixels: Pixels) => again(pixels).flatten({ background: '#fff' }).jpeg({ quality: 80, progressive: true }),
}

/** Every format a picture is stored in, by preference of the client. */
export const formats = ['webp', 'jpeg'] as const

/** Encodes pixels as one rendition; made from bare pixels, it has no metadata to lose. */
export async function encode(pixels: Pixels, format: (typeof formats)[number], size: number): Promise<RenderedImage> {
  const body = await encoders[format](pixels).timeout({ seconds: STEP_SECONDS }).toBuffer()
  return { format, size, width: pixels.width, height: pixels.height, body }
}

/** The ThumbHash of a picture, in base64. */
export async function thumbhash(pixels: Pixels): Promise<string> {
  const tiny = await pixelsOf(shrink(again(pixels), 100).ensureAlpha())
  return Buffer.from(rgbaToThumbHash(tiny.width, tiny.height, tiny.data)).toString('base64')
}
