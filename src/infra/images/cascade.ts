import sharp, { type Sharp } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import { UnreadableMedia } from '../../kernel/media.ts'
import { pngOf } from './heic.ts'
import type { Inspected } from './inspect.ts'
import { withEnd } from './jpeg.ts'

/** Decoded pixels, 8 bits a channel. */
export interface Pixels {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

async function pixelsOf(pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

/** The pixels as the beginning of something else. */
export const again = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels } })

/** Decodes a photo once: upright, in sRGB, at most `size` on its long edge. */
export async function decode(original: Buffer, inspected: Inspected, size: number): Promise<Pixels> {
  const { type, options } = inspected
  const readable = type === 'heic' ? await pngOf(original, inspected) : original
  const upright = (bytes: Buffer, failOn = options.failOn) =>
    pixelsOf(shrink(sharp(bytes, { ...options, ...(failOn && { failOn }) }).autoOrient(), size))
  try {
    return await upright(readable)
  } catch (cause) {
    // One that lacks its end and nothing else then decodes without any warning; one that was cut short does not.
    if (type === 'jpeg') return upright(withEnd(original), 'warning').catch(() => damaged(cause))
    return damaged(cause)
  }
}

function damaged(cause: unknown): never {
  throw new UnreadableMedia('damaged', { cause })
}

const shrink = (pipeline: Sharp, size: number) =>
  pipeline.resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })

/** The same picture, at most `size` on its long edge. */
export const smaller = (pixels: Pixels, size: number): Promise<Pixels> =>
  Math.max(pixels.width, pixels.height) <= size ? Promise.resolve(pixels) : pixelsOf(shrink(again(pixels), size))

/** The square of a picture that catches the eye, `size` on each edge. */
export const squareOf = (pixels: Pixels, size: number): Promise<Pixels> =>
  pixelsOf(again(pixels).resize({ width: size, height: size, fit: 'cover', position: sharp.strategy.attention }))

/** The same picture without its transparency, if nothing of it shows, and without what nobody sees because of it. */
export async function solid(pixels: Pixels): Promise<Pixels> {
  const hasAlpha = pixels.channels === 2 || pixels.channels === 4
  if (!hasAlpha) return pixels
  if ((await again(pixels).stats()).isOpaque) return pixelsOf(again(pixels).removeAlpha())
  return withoutHidden(pixels)
}

/** What is wholly transparent has a colour all the same: what was there before somebody erased it. */
function withoutHidden({ data, ...rest }: Pixels): Pixels {
  const seen = Buffer.from(data)
  for (let alpha = rest.channels - 1; alpha < seen.length; alpha += rest.channels)
    if (seen[alpha] === 0) seen.fill(0, alpha + 1 - rest.channels, alpha)
  return { ...rest, data: seen }
}

/** The ThumbHash of a picture, in base64. */
export async function thumbhash(pixels: Pixels): Promise<string> {
  const tiny = await pixelsOf(shrink(again(pixels), 100).toColourspace('srgb').ensureAlpha())
  return Buffer.from(rgbaToThumbHash(tiny.width, tiny.height, tiny.data)).toString('base64')
}

/** The colour there is most of, as `#rrggbb`. */
export async function dominantColor(pixels: Pixels): Promise<string> {
  const shown = await pixelsOf(again(pixels).flatten({ background: '#fff' }).toColourspace('srgb'))
  const { dominant } = await again(shown).stats()
  return `#${[dominant.r, dominant.g, dominant.b].map(part => part.toString(16).padStart(2, '0')).join('')}`
}
