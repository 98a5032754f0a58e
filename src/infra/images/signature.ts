/** The file types whose pixels we are willing to decode. */
export type PhotoType = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'heic'

const at = (bytes: Buffer, offset: number, text: string) =>
  bytes.toString('latin1', offset, offset + text.length) === text

/** What a file of the HEIF family can be read as; AVIF may name itself anywhere among its brands. */
const BRANDS: readonly (readonly [PhotoType, readonly string[]])[] = [
  ['avif', ['avif', 'avis']],
  ['heic', ['heic', 'heix', 'heim', 'heis']],
]

// The `ftyp` box names its brands: the major one, a version, and those it is compatible with.
function heifTypeOf(bytes: Buffer): PhotoType | 'refused' {
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256)
  const brands: string[] = []
  for (let offset = 8; offset + 4 <= end; offset += 4)
    if (offset !== 12) brands.push(bytes.toString('latin1', offset, offset + 4))
  return BRANDS.find(([, known]) => known.some(brand => brands.includes(brand)))?.[0] ?? 'refused'
}

const isMarkup = (bytes: Buffer) => /<(svg|!doctype svg|!entity)[\s>:]/i.test(bytes.toString('latin1', 0, 4096))

const PICTURES_WE_REFUSE = [
  'II*\0',
  'MM\0*',
  'II+\0',
  'MM\0+',
  '%PDF-',
  '8BPS',
  'BM',
  '\0\0\u0001\0',
  '\u00ff\n',
  '%!PS',
]

/**
 * Tells a photo by its first bytes: its type, `refused` for pictures of other types, or null for anything else.
 * It runs before any decoder, so that none but these six ever sees an upload.
 */
export function signatureOf(bytes: Buffer): PhotoType | 'refused' | null {
  if (bytes.length < 12) return null
  if (at(bytes, 0, '\u00ff\u00d8\u00ff')) return 'jpeg'
  if (at(bytes, 0, '\u0089PNG\r\n\u001a\n')) return 'png'
  if (at(bytes, 0, 'RIFF') && at(bytes, 8, 'WEBP')) return 'webp'
  if (at(bytes, 0, 'GIF87a') || at(bytes, 0, 'GIF89a')) return 'gif'
  if (at(bytes, 4, 'ftyp')) return heifTypeOf(bytes)
  if (at(bytes, 4, 'JXL ') || at(bytes, 4, 'jP  ')) return 'refused'
  if (PICTURES_WE_REFUSE.some(start => at(bytes, 0, start)) || isMarkup(bytes)) return 'refused'
  return null
}
