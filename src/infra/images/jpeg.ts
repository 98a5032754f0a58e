const END_OF_IMAGE = Buffer.from([0xff, 0xd9])

/** Markers have two bytes, of which this is the first; in the data of a scan it is followed by 0. */
const MARKER = 0xff
const START_OF_SCAN = 0xda
const END = 0xd9
/** Below there are none that a picture is made of. */
const FIRST_SEGMENT = 0xc0
/** The start of a picture, and what a scan begins anew with, stand for themselves: no segment follows. */
const isBare = (kind: number) => kind < FIRST_SEGMENT || (kind >= 0xd0 && kind <= 0xd8)

/**
 * How often a JPEG draws over the whole picture, which takes as long each time. What is within its segments, as a thumbnail,
 * or behind its end, as the film of a moving photo, is not drawn.
 */
export function scansOf(jpeg: Buffer): number {
  let scans = 0
  for (let at = jpeg.indexOf(MARKER); at !== -1 && at + 3 < jpeg.length; at = jpeg.indexOf(MARKER, at)) {
    const kind = jpeg.readUInt8(at + 1)
    if (kind === END) return scans
    if (kind === START_OF_SCAN) scans += 1
    // Any number of such bytes may stand before the kind.
    if (kind === MARKER) at += 1
    else at += isBare(kind) ? 2 : 2 + jpeg.readUInt16BE(at + 2)
  }
  return scans
}

/** The same JPEG with its end, which some phones forget. */
export const withEnd = (jpeg: Buffer): Buffer => Buffer.concat([jpeg, END_OF_IMAGE])
