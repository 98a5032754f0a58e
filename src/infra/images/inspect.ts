import sharp, { type Metadata, type SharpOptions } from 'sharp'
import { UnreadableMedia } from '../../kernel/media.ts'
import { scansOf } from './jpeg.ts'
import { isSrgb } from './srgb.ts'
import { type PhotoType, signatureOf } from './signature.ts'

const MAX_PIXELS = 40_000_000
const MAX_SIDE = 16_384
const MAX_FRAMES = 100
const MAX_SCANS = 100

/** What the header of an acceptable photo tells before any pixel is decoded. */
export interface Inspected {
  readonly type: PhotoType
  /** The upright size. */
  readonly width: number
  readonly height: number
  /** Whether its frames are worth keeping: there are several, and together they are no larger than a photo may be. */
  readonly isAnimated: boolean
  /** How to decode it. */
  readonly options: SharpOptions
  /** The colours its numbers mean, if it says. */
  readonly profile: Buffer | undefined
}

const FORMATS: Readonly<Record<PhotoType, string>> = {
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  avif: 'heif',
  heic: 'heif',
}
const COMPRESSIONS: Readonly<Partial<Record<PhotoType, string>>> = { avif: 'av1', heic: 'hevc' }

/** Reads the header of an upload; throws `UnreadableMedia` unless it is a photo worth decoding. */
export async function inspect(original: Buffer): Promise<Inspected> {
  const type = signatureOf(original)
  if (type === null) throw new UnreadableMedia('not_an_image')
  if (type === 'refused') throw new UnreadableMedia('unsupported_format')
  if (type === 'jpeg' && scansOf(original) > MAX_SCANS) throw new UnreadableMedia('too_many_scans')
  const header = await readHeader(original)
  if (header.format !== FORMATS[type]) throw new UnreadableMedia('damaged')
  if (header.compression !== COMPRESSIONS[type]) throw new UnreadableMedia('unsupported_format')
  const { width, pages = 1, pageHeight: height = header.height } = header
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS) throw new UnreadableMedia('too_many_pixels')
  if (pages > MAX_FRAMES) throw new UnreadableMedia('too_many_frames')
  return {
    type,
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    isAnimated: MOVING.includes(type) && pages > 1 && width * height * pages <= MAX_PIXELS,
    options: {
      failOn: 'error',
      limitInputPixels: MAX_PIXELS,
      ignoreIcc: header.space === 'srgb' && isSrgb(header.icc),
    },
    profile: header.icc,
  }
}

/** Of the others, further pictures in the file are not frames of a film. */
const MOVING: readonly PhotoType[] = ['gif', 'webp']

async function readHeader(original: Buffer): Promise<Metadata> {
  try {
    // The limit is ours to check, so that a bomb is told apart from damage.
    return await sharp(original, { failOn: 'error', limitInputPixels: false }).metadata()
  } catch (cause) {
    throw new UnreadableMedia('damaged', { cause })
  }
}
