import sharp from 'sharp'
import type { FileType, RenderedFile } from '../../kernel/media.ts'
import { again, type Pixels } from './cascade.ts'
import type { Inspected } from './inspect.ts'

/**
 * How each format is written. The qualities are the lowest at which every size of the photos measured keeps a structural
 * similarity of 0.97 with what was resized (`npm run bench:media`); the efforts are where more time stops paying.
 */
const encoders = {
  webp: (pixels: Pixels) => again(pixels).webp({ quality: 80, effort: 2 }),
  jpeg: (pixels: Pixels) => again(pixels).flatten({ background: '#fff' }).jpeg({ quality: 80, progressive: true }),
  avif: (pixels: Pixels) => again(pixels).avif({ quality: 60, effort: 0 }),
}

/** The formats a picture is kept in: by the first two everybody can show it. */
export const formats = ['webp', 'jpeg', 'avif'] as const
export type Format = (typeof formats)[number]

/** Encodes pixels as one rendition; made from bare pixels, it has no metadata to lose. */
export async function encode(pixels: Pixels, format: Format, name: string): Promise<RenderedFile> {
  const body = await encoders[format](pixels).toBuffer()
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
