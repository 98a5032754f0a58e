import sharp from 'sharp'
import { UnreadableMedia, type RenderedFile, type RenderedImage } from '../../kernel/media.ts'
import { decode, dominantColor, smaller, solid, squareOf, thumbhash, type Pixels } from './cascade.ts'
import { animate, encode, formats } from './encode.ts'
import { inspect } from './inspect.ts'

/** The long edges of what is made, in pixels, and the edges of the squares. */
export const SIZES = [2048, 1080, 480, 160] as const
export const SQUARES = [480, 160] as const
const ANIMATED = 480

sharp.concurrency(1) // one picture a core: with threads of its own one picture is no faster
sharp.cache(false)

/** Renders a photo in this process. */
export async function render(original: Buffer, progress: (share: number) => void): Promise<RenderedImage> {
  const header = await inspect(original)
  const whole = await solid(await decode(original, header, SIZES[0]))
  const pictures = await picturesOf(whole, Math.max(header.width, header.height))
  const files: RenderedFile[] = []
  const all = pictures.length * formats.length + Number(header.isAnimated)
  const keep = (file: RenderedFile) => {
    files.push(file)
    progress(files.length / all)
  }
  for (const format of formats) for (const { name, pixels } of pictures) keep(await encode(pixels, format, name))
  if (header.isAnimated) keep(await animate(original, header, ANIMATED).catch(unreadable))
  const least = pictures.at(-1)?.pixels ?? whole
  return {
    width: header.width,
    height: header.height,
    thumbhash: await thumbhash(least),
    color: await dominantColor(least),
    isAnimated: header.isAnimated,
    files: worthKeeping(files),
  }
}

function unreadable(cause: unknown): never {
  throw new UnreadableMedia('damaged', { cause })
}

interface Picture {
  readonly name: string
  readonly pixels: Pixels
}

/** The picture in each of its sizes, each made from the one above it, behind its squares. */
async function picturesOf(whole: Pixels, longest: number): Promise<Picture[]> {
  const pictures: Picture[] = []
  let pixels = whole
  for (const size of sizesFor(longest)) {
    pixels = await smaller(pixels, size)
    pictures.push({ name: `${size}`, pixels })
  }
  const squares: Picture[] = []
  pixels = pictures.findLast(({ pixels }) => Math.min(pixels.width, pixels.height) >= SQUARES[0])?.pixels ?? whole
  for (const size of SQUARES) {
    if (Math.min(pixels.width, pixels.height) < size) continue
    pixels = await squareOf(pixels, size)
    squares.push({ name: `${size}-square`, pixels })
  }
  return [...squares, ...pictures]
}

// A size is worth making when the next one down would lose something; the largest made may be the original itself.
const sizesFor = (longest: number) => SIZES.filter((_, index) => (SIZES[index + 1] ?? 0) < longest)

/** An AVIF is for those who want fewer bytes: one that has more than its WebP is not kept. */
function worthKeeping(files: readonly RenderedFile[]): RenderedFile[] {
  const bytesOf = new Map(files.map(({ file, bytes }) => [file, bytes]))
  return files.filter(
    ({ file, type, bytes }) => type !== 'image/avif' || bytes < (bytesOf.get(file.replace(/avif$/, 'webp')) ?? 0),
  )
}
