import sharp from 'sharp'
import { GPS_MARKER } from './metadata.ts'

export { carriesMetadata } from './metadata.ts'

export interface PhotoOptions {
  /** The size as stored, before `orientation` is applied. */
  readonly width?: number
  readonly height?: number
  /** Whether to say in EXIF and XMP where the photo was taken, and with which camera. */
  readonly gps?: boolean
  readonly orientation?: number
}

/** A JPEG with the weight of a phone photo; the same options always make the same bytes. */
export async function makePhoto({
  width = 4000,
  height = 3000,
  gps = true,
  orientation,
}: PhotoOptions = {}): Promise<Buffer> {
  const photo = sharp(scene(width, height), { raw: { width, height, channels: 3 } }).jpeg({ quality: 88 })
  if (gps) photo.withExif({ ...camera, IFD3: position }).withXmp(packet)
  if (orientation) photo.withMetadata({ orientation })
  return photo.toBuffer()
}

// A sky over hills: smooth gradients, coarse shapes and fine grain, so that it compresses like a photo.
function scene(width: number, height: number): Buffer {
  const pixels = Buffer.allocUnsafe(width * height * 3)
  const random = generator(1)
  const hills = Array.from({ length: 64 }, random)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const along = (x / width) * 62
      const [left = 0, right = 0] = hills.slice(along, along + 2)
      const ground = y / height > 0.4 + 0.3 * (left + (right - left) * (along % 1))
      const grain = random() * 22 - 11
      const light = 90 + 120 * (1 - y / height) + grain + (ground ? 18 * Math.sin(x / 7) * Math.cos(y / 5) : 0)
      pixels[at] = clamp(ground ? light * 0.7 : light * 0.8)
      pixels[at + 1] = clamp(ground ? light : light * 0.9)
      pixels[at + 2] = clamp(ground ? light * 0.4 : light * 1.1 + (x / width) * 20)
    }
  }
  return pixels
}

const clamp = (value: number) => Math.max(0, Math.min(255, value))

// Mulberry32: small, fast, and the same on every machine.
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    const spread = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((spread ^ (spread >>> 14)) >>> 0) / 2 ** 32
  }
}

const camera = {
  IFD0: { Make: 'Kith', Model: 'Testcam 1', Artist: 'Jane Q. Private' },
  IFD2: { BodySerialNumber: 'SN-0042' },
}

const position = {
  GPSLatitudeRef: 'N',
  GPSLatitude: '48/1 51/1 2969/100',
  GPSLongitudeRef: 'E',
  GPSLongitude: '2/1 17/1 4020/100',
}

const packet = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="48,51.4948N" exif:UserComment="${GPS_MARKER}"/></rdf:RDF>
</x:xmpmeta><?xpacket end="w"?>`
