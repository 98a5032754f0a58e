import { open } from 'node:fs/promises'

/** The boxes that hold a recording; behind them some phones write things of their own. */
const BEARING = ['moov', 'moof', 'mdat']
const HEAD = 16
/** More than three minutes in fragments have; what has more is left to ffmpeg. */
const MAX_BOXES = 20_000

/** Whether no box of a QuickTime or MP4 file goes past its end, as one does in a file that is cut. */
export async function isWhole(path: string): Promise<boolean> {
  await using file = await open(path)
  const { size } = await file.stat()
  const head = Buffer.alloc(HEAD)
  for (let at = 0, boxes = 0; at + 8 <= size && boxes < MAX_BOXES; boxes++) {
    await file.read(head, 0, HEAD, at)
    const short = head.readUInt32BE(0)
    const bytes = short === 1 ? Number(head.readBigUInt64BE(8)) : short
    if (bytes < 8) return true // the last one, which goes to the end, or nothing that is a box
    if (at + bytes > size) return !BEARING.includes(head.toString('latin1', 4, 8))
    at += bytes
  }
  return true
}
