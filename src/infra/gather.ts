import type { Writable } from 'node:stream'

/**
 * Sends what is written to a stream until the end of this turn of the event loop as one message: to wake whoever reads it
 * costs more than most of what is written.
 */
export function gather(stream: Writable): void {
  if (stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}
