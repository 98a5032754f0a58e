import { crc32, deflateSync } from 'node:zlib'
import decodeHeic from 'heic-decode'
import sharp from 'sharp'
import { UnreadableMedia } from '../../kernel/media.ts'
import type { Inspected } from './inspect.ts'

/**
 * A HEIC photo as a PNG that is not compressed: sharp knows how HEIC is put together, but not HEVC, in which its pixels are
 * written. They are decoded by libheif in WebAssembly, which can reach nothing but its own memory, and come out upright.
 */
export async function pngOf(heic: Buffer, { profile }: Inspected): Promise<Buffer> {
  const { data, width, height } = await decodeHeic({ buffer: heic }).catch((cause: unknown) => {
    throw new UnreadableMedia('damaged', { cause })
  })
  const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const png = await sharp(pixels, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 0 })
    .toBuffer()
  return profile ? withProfile(png, profile) : png
}

const SIGNATURE_AND_HEADER = 8 + 25

/** The same PNG with a colour profile, of which its numbers were made. */
function withProfile(png: Buffer, profile: Buffer): Buffer {
  const chunk = Buffer.concat([Buffer.from('iCCPphoto\0\0'), deflateSync(profile)])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(chunk.length - 4)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(chunk))
  return Buffer.concat([
    png.subarray(0, SIGNATURE_AND_HEADER),
    length,
    chunk,
    check,
    png.subarray(SIGNATURE_AND_HEADER),
  ])
}
