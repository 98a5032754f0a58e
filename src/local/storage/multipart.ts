import { Invalid } from './refusal.ts'

/** An upload of two parts: what is said about the object, and its body as it comes. */
export interface MultipartUpload {
  readonly resource: string
  readonly contentType: string | undefined
  readonly body: AsyncIterable<Buffer>
}

const LARGEST_HEAD = 256 * 1024
const BLANK_LINE = '\r\n\r\n'

/** Reads a `multipart/related` upload without holding its body. */
export async function readMultipart(contentType = '', chunks: AsyncIterable<Buffer>): Promise<MultipartUpload> {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1]
  if (!boundary) throw Invalid('The multipart boundary is missing.')
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const source = chunks[Symbol.asyncIterator]()

  // Everything up to the blank line that ends the head of the second part.
  let head = Buffer.alloc(0)
  for (;;) {
    const second = head.indexOf(delimiter)
    const end = second < 0 ? -1 : head.indexOf(BLANK_LINE, second)
    if (end >= 0) {
      const [resourceHead, heads] = [head.indexOf(BLANK_LINE), head.toString('utf8', second, end)]
      return {
        resource: head.toString('utf8', resourceHead + BLANK_LINE.length, second),
        contentType: /^content-type: *(.+?)\r?$/im.exec(heads)?.[1],
        body: untilDelimiter(delimiter, head.subarray(end + BLANK_LINE.length), source),
      }
    }
    const next = await source.next()
    if (next.done || head.length > LARGEST_HEAD) throw Invalid('The multipart body cannot be read.')
    head = Buffer.concat([head, next.value])
  }
}

/** Passes bytes on until the delimiter, always keeping back as many as might be its beginning. */
async function* untilDelimiter(delimiter: Buffer, first: Buffer, source: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  let held = first
  for (;;) {
    const end = held.indexOf(delimiter)
    if (end >= 0) {
      yield held.subarray(0, end)
      while (!(await source.next()).done) continue
      return
    }
    const safe = Math.max(0, held.length - delimiter.length)
    if (safe > 0) yield held.subarray(0, safe)
    const next = await source.next()
    if (next.done) throw Invalid('The multipart body ended too early.')
    held = Buffer.concat([held.subarray(safe), next.value])
  }
}
