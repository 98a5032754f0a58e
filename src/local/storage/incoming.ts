import { randomUUID } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import path from 'node:path'
import { createChecksum, refuseOtherContent, type Checksums, type ExpectedChecksums } from './checksum.ts'
import { Invalid, TooLarge, TooSmall } from './refusal.ts'

export const LARGEST_OBJECT = 100 * 1024 * 1024

/** How many bytes an upload may have. */
export interface SizeRange {
  readonly min: number
  readonly max: number
}

/** A body that has arrived whole, in a file of its own. */
export interface Received extends Checksums {
  readonly file: string
  readonly size: number
}

/** A body on its way to disk. */
export interface Incoming {
  readonly size: number
  /** Writes all chunks, as far as they come; refuses at the first byte too many. */
  write(chunks: AsyncIterable<Buffer>): Promise<void>
  finish(): Promise<Received>
  discard(): Promise<void>
}

/** Opens a file for a body of unknown length. */
export async function openIncoming(folder: string, range: SizeRange): Promise<Incoming> {
  const file = path.join(folder, randomUUID())
  const handle = await open(file, 'wx', 0o600)
  const checksum = createChecksum()
  const most = Math.min(range.max, LARGEST_OBJECT)
  let size = 0
  return {
    get size() {
      return size
    },
    async write(chunks) {
      for await (const chunk of chunks) {
        if (size + chunk.length > most) throw TooLarge()
        await handle.write(chunk)
        checksum.add(chunk)
        size += chunk.length
      }
    },
    async finish() {
      await handle.close()
      if (size < range.min) throw TooSmall()
      return { file, size, ...checksum.finish() }
    },
    async discard() {
      await handle.close()
      await rm(file, { force: true })
    },
  }
}

/** Takes a whole body in one go; nothing is left of one that is refused or breaks off. */
export async function receive(
  folder: string,
  chunks: AsyncIterable<Buffer>,
  range: SizeRange,
  expected: ExpectedChecksums,
): Promise<Received> {
  const incoming = await openIncoming(folder, range)
  try {
    await incoming.write(chunks)
    const received = await incoming.finish()
    refuseOtherContent(received, expected)
    return received
  } catch (error) {
    await incoming.discard()
    throw error
  }
}

/** The range a signer wrote into `x-goog-content-length-range`. */
export function readSizeRange(header: string | undefined): SizeRange {
  if (header === undefined) return { min: 0, max: LARGEST_OBJECT }
  const [, min, max] = /^(\d+),(\d+)$/.exec(header) ?? []
  if (min === undefined || max === undefined) throw Invalid('x-goog-content-length-range must be "min,max".')
  return { min: Number(min), max: Number(max) }
}
