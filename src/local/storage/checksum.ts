import { createHash } from 'node:crypto'
import { Invalid } from './refusal.ts'

/** The two checksums Cloud Storage keeps of every object, in base64. */
export interface Checksums {
  readonly md5: string
  readonly crc32c: string
}

/** The checksums a client says its bytes have, if it says so. */
export type ExpectedChecksums = { readonly [Key in keyof Checksums]?: string | undefined }

/** Refuses bytes that are not the ones the client meant to send. */
export function refuseOtherContent(actual: Checksums, expected: ExpectedChecksums): void {
  const differs = (expected.md5 ?? actual.md5) !== actual.md5 || (expected.crc32c ?? actual.crc32c) !== actual.crc32c
  if (differs) throw Invalid('The checksum you specified does not match what arrived.')
}

/** Takes bytes as they come and tells their checksums at the end. */
export function createChecksum() {
  const md5 = createHash('md5')
  let crc = 0xffffffff
  return {
    add(chunk: Buffer): void {
      md5.update(chunk)
      for (const byte of chunk) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
    },
    finish(): Checksums {
      const sum = Buffer.alloc(4)
      sum.writeUInt32BE(~crc >>> 0)
      return { md5: md5.digest('base64'), crc32c: sum.toString('base64') }
    },
  }
}

// CRC-32C (Castagnoli), reflected; Node has only the other CRC-32.
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})
