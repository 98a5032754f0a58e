import sharp, { type Metadata, type SharpOptions } from 'sharp'
import { UnreadableImage } from '../../kernel/ports.ts'
import { isSrgb } from './srgb.ts'
import { type PhotoType, signatureOf } from './signature.ts'

const MAX_PIXELS = 40_000_000
const MAX_SIDE = 16_384

/** What the header of an acceptable photo tells before any pixel is decoded. */
export interface Inspected {
  /** The upright size. */
  readonly width: number
  readonly height: number
  /** How to decode it. */
  readonly options: SharpOptions
}

const FORMATS: Readonly<Record<PhotoType, string>> = {
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  avif: 'heif',
}

/** Reads the header of an upload; throws `UnreadableImage` unless it is a photo worth decoding. */
export async function inspect(original: Buffer): Promise<Inspected> {
  const type = signatureOf(original)
  if (type === null) throw new UnreadableImage('not_an_image')
  if (type === 'refused') throw new UnreadableImage('unsupported_format')
  const header = await readHeader(original)
  if (header.format !== FORMATS[type]) throw new UnreadableImage('damaged')
  // libheif knows HEVC by name but cannot decode it.
  if (type === 'avif' && header.compression !== 'av1') throw new UnreadableImage('unsupported_format')
  const { width, height } = header
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS) throw new UnreadableImage('too_many_pixels')
  return {
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    options: {
      failOn: 'error',
      limitInputPixels: MAX_PIXELS,
      ignoreIcc: header.space === 'srgb' && isSrgb(header.icc),
    },
  }
}

async function readHeader(original: Buffer): Promise<Metadata> {
  try {
    // The limit is ours to check, so that a bomb is told apart from damage.
    return await sharp(original, { failOn: 'error', limitInputPixels: false }).metadata()
  } catch (cause) {
    throw new UnreadableImage('damaged', { cause })
  }
}
