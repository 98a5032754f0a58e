import sharp from 'sharp'
import type { Images, RenderedImage, RenderedSet } from '../../kernel/ports.ts'
import { decode, encode, formats, smaller, thumbhash } from './cascade.ts'
import { inspect } from './inspect.ts'

const SIZES = [2048, 1080, 480, 160] as const

/** Renders photos with sharp. It sets sharp for the whole process to one thread a picture and no cache. */
export function sharpImages(): Images {
  sharp.concurrency(1)
  sharp.cache(false)
  return { render }
}

async function render(original: Buffer, progress: (share: number) => void): Promise<RenderedSet> {
  const header = await inspect(original)
  const sizes = sizesFor(Math.max(header.width, header.height))
  const images: RenderedImage[] = []
  let pixels = await decode(original, header, SIZES[0])
  for (const size of sizes) {
    pixels = await smaller(pixels, size)
    for (const format of formats) {
      images.push(await encode(pixels, format, size))
      progress(images.length / (sizes.length * formats.length))
    }
  }
  return { width: header.width, height: header.height, thumbhash: await thumbhash(pixels), images }
}

// A size is worth making when the next one down would lose something; the largest made may be the original itself.
const sizesFor = (longest: number) => SIZES.filter((_, index) => (SIZES[index + 1] ?? 0) < longest)
