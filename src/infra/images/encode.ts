import sharp from 'sharp'
import type { FileType, RenderedFile } from '../../kernel/media.ts'
import { again, type Pixels } from './cascade.ts'
import type { Inspected } from './inspect.ts'

/**
 * How much of a picture each format keeps, by the longest edge it is made for. Each is the lowest of those tried at which all
 * photos measured, four of cameras and six of the Kodak set, have a structural similarity of 0.97 with the original resized
 * without loss (`npm run bench:media -- --only looks`). What is small needs more: its detail is as fine as its points.
 */
const QUALITIES = [
  { edge: 160, webp: 81, effort: 3, jpeg: 84, avif: 67 },
  { edge: 480, webp: 84, effort: 3, jpeg: 88, avif: 72 },
  { edge: 1080, webp: 86, effort: 3, jpeg: 88, avif: 74 },
  { edge: Infinity, webp: 80, effort: 2, jpeg: 78, avif: 61 },
] as const
type Qualities = (typeof QUALITIES)[number]

const encoders = {
  webp: (pixels: Pixels, { webp: quality, effort }: Qualities) =>
    again(pixels).webp({ quality, effort, preset: 'photo' }),
  jpeg: (pixels: Pixels, { jpeg: quality }: Qualities) =>
    again(pixels).flatten({ background: '#fff' }).jpeg({ quality, progressive: true }),
  avif: (pixels: Pixels, { avif: quality }: Qualities) =>
    again(pixels).avif({ quality, effort: 0, chromaSubsampling: '4:2:0' }),
}

/** The formats a picture is kept in: by the first two everybody can show it. */
export const formats = ['webp', 'jpeg', 'avif'] as const
export type Format = (typeof formats)[number]

/** Encodes pixels as one rendition; made from bare pixels, it has no metadata to lose. */
export async function encode(pixels: Pixels, format: Format, name: string): Promise<RenderedFile> {
  const longest = Math.max(pixels.width, pixels.height)
  const qualities = QUALITIES.find(({ edge }) => longest <= edge) ?? QUALITIES[3]
  const body = await encoders[format](pixels, qualities).toBuffer()
  return rendition(`${name}.${format}`, `image/${format}`, pixels, body)
}

const rendition = (
  file: string,
  type: FileType,
  { width, height }: { readonly width: number; readonly height: number },
  body: Buffer,
): RenderedFile => ({ file, type, width, height, bytes: body.length, body })

/** All frames of a picture, at most `size` on their long edge. */
export async function animate(original: Buffer, { options }: Inspected, size: number): Promise<RenderedFile> {
  const { data, info } = await sharp(original, { ...options, animated: true })
    .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 70, effort: 1 })
    .toBuffer({ resolveWithObject: true })
  return rendition(
    `${size}-animated.webp`,
    'image/webp',
    { width: info.width, height: info.pageHeight ?? info.height },
    data,
  )
}
