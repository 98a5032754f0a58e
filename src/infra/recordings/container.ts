import { open } from 'node:fs/promises'

/** What ffmpeg reads a file as; it is told so, and looks for nothing else in it, such as a list of other files. */
export type Demuxer = 'mov' | 'matroska' | 'mp3' | 'aac' | 'ogg' | 'wav'
const FILMS: readonly Demuxer[] = ['mov', 'matroska']

const HEAD_BYTES = 16
const BOXES = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip']
/** What calls itself by these is a picture in the same kind of file. */
const PICTURES = ['avif', 'avis', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1', 'crx ']
const EBML = Buffer.from([0x1a, 0x45, 0xdf, 0xa3])

/** By the layer in the head of a frame; the others are none that anybody records in, and the mark of text in two bytes. */
const LAYERS: readonly (Demuxer | null)[] = ['aac', 'mp3', null, null]

/** Tells a recording by its first bytes; null for what may not be one of this kind. */
export async function demuxerOf(file: string, kind: 'video' | 'audio'): Promise<Demuxer | null> {
  await using handle = await open(file)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  const demuxer = bytesRead < HEAD_BYTES ? null : demuxerOfHead(buffer)
  return demuxer && (kind === 'audio' || FILMS.includes(demuxer)) ? demuxer : null
}

function demuxerOfHead(head: Buffer): Demuxer | null {
  const at = (offset: number, length: number) => head.toString('latin1', offset, offset + length)
  if (at(4, 4) === 'ftyp' && PICTURES.includes(at(8, 4))) return null
  if (BOXES.includes(at(4, 4))) return 'mov'
  if (head.subarray(0, 4).equals(EBML)) return 'matroska'
  if (at(0, 4) === 'OggS') return 'ogg'
  if (at(0, 4) === 'RIFF' && at(8, 4) === 'WAVE') return 'wav'
  if (at(0, 3) === 'ID3') return 'mp3'
  // A frame of sound begins with eleven bits that are set; by the two of its layer AAC and MP3 are told apart.
  const [first = 0, second = 0] = head
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null
  return LAYERS[(second & 0x06) >> 1] ?? null
}
