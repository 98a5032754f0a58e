/** The string that a photo with `gps` carries in its XMP packet. */
export const GPS_MARKER = 'GPS-MARKER-KITH'

/** Whether JPEG, WebP or AVIF bytes carry EXIF, XMP, IPTC, an ICC profile, a comment, or the marker of `makePhoto`. */
export function carriesMetadata(bytes: Buffer): boolean {
  if (bytes.includes(GPS_MARKER)) return true
  if (bytes.readUInt16BE(0) === 0xff_d8) return jpegSegments(bytes).some(isPersonalSegment)
  if (bytes.toString('latin1', 0, 4) === 'RIFF') return webpChunks(bytes).some(name => !PIXEL_CHUNKS.has(name))
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return heifItems(bytes).some(type => type !== 'av01')
  throw new Error('Neither JPEG, WebP nor AVIF')
}

interface Segment {
  readonly marker: number
  readonly body: Buffer
}

const SCAN = 0xda
const END = 0xd9
const COMMENT = 0xfe

// Of the application segments only JFIF (APP0) and Adobe's colour transform (APP14) describe pixels.
function isPersonalSegment({ marker, body }: Segment): boolean {
  if (marker === COMMENT) return true
  if (marker < 0xe0 || marker > 0xef) return false
  const isJfif = marker === 0xe0 && body.toString('latin1', 0, 5) === 'JFIF\0'
  const isAdobe = marker === 0xee && body.toString('latin1', 0, 5) === 'Adobe'
  return !isJfif && !isAdobe
}

function jpegSegments(bytes: Buffer): Segment[] {
  const segments: Segment[] = []
  let at = 2
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new Error(`No JPEG marker at ${at}`)
    const marker = bytes.readUInt8(at + 1)
    if (marker === END) return segments
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    segments.push({ marker, body: bytes.subarray(at + 4, end) })
    at = marker === SCAN ? nextMarker(bytes, end) : end
  }
  return segments
}

// Within a scan 0xff is followed by 0 (a stuffed byte) or by a restart marker; anything else ends it.
function nextMarker(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from)
  while (at !== -1 && (bytes[at + 1] === 0 || ((bytes[at + 1] ?? 0) & 0xf8) === 0xd0)) at = bytes.indexOf(0xff, at + 2)
  return at === -1 ? bytes.length : at
}

const PIXEL_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF'])

function webpChunks(bytes: Buffer): string[] {
  const names: string[] = []
  for (let at = 12; at + 8 <= bytes.length;) {
    names.push(bytes.toString('latin1', at, at + 4))
    const length = bytes.readUInt32LE(at + 4)
    at += 8 + length + (length % 2)
  }
  return names
}

// What a HEIF file is made of, by the types of its items; a colour profile is no item, and stands for one.
function heifItems(bytes: Buffer): string[] {
  const items: string[] = []
  for (let at = bytes.indexOf('infe'); at !== -1; at = bytes.indexOf('infe', at + 4))
    items.push(bytes.toString('latin1', at + 12, at + 16))
  return ['prof', 'rICC'].some(kind => bytes.includes(`colr${kind}`)) ? [...items, 'profile'] : items
}
