const START_OF_SCAN = Buffer.from([0xff, 0xda])
const END_OF_IMAGE = Buffer.from([0xff, 0xd9])

/** How often a JPEG draws over the whole picture, which takes as long each time. Its thumbnails are counted, too. */
export function scansOf(jpeg: Buffer): number {
  let scans = 0
  // The data of a scan never contains a marker: a byte of 0xff in it is followed by 0.
  for (let at = jpeg.indexOf(START_OF_SCAN); at !== -1; at = jpeg.indexOf(START_OF_SCAN, at + 2)) scans += 1
  return scans
}

/** The same JPEG with its end, which some phones forget. */
export const withEnd = (jpeg: Buffer): Buffer => Buffer.concat([jpeg, END_OF_IMAGE])
