import { createReadStream, openSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Objects, StoredObject } from './objects.ts'
import { Refusal } from './refusal.ts'

/** Answers with an object's body, or the part of it that was asked for. */
export async function sendObject(
  req: IncomingMessage,
  res: ServerResponse,
  objects: Objects,
  object: StoredObject,
  overrides: Readonly<Record<string, string>> = {},
): Promise<void> {
  const part = readRange(req.headers.range, object.size)
  res.writeHead(part ? 206 : 200, {
    ...objectHeaders(object),
    'content-length': part ? part.end - part.start + 1 : object.size,
    ...(part ? { 'content-range': `bytes ${part.start}-${part.end}/${object.size}` } : {}),
    ...overrides,
  })
  if (req.method === 'HEAD' || object.size === 0) return void res.end()
  // Opened at once and not a tick later: an open file outlives the object, should it be replaced meanwhile.
  const file = objects.bodyOf(object)
  await pipeline(createReadStream(file, { ...part, fd: openSync(file, 'r') }), res)
}

/** What every answer about an object says of it. */
export function objectHeaders(object: StoredObject): Record<string, string> {
  const optional = {
    'content-encoding': object.contentEncoding,
    'content-disposition': object.contentDisposition,
    'content-language': object.contentLanguage,
    'cache-control': object.cacheControl,
    ...Object.fromEntries(Object.entries(object.metadata ?? {}).map(([name, value]) => [`x-goog-meta-${name}`, value])),
  }
  return {
    'content-type': object.contentType ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: `"${object.md5}"`,
    'last-modified': new Date(object.updatedAt).toUTCString(),
    'x-goog-generation': String(object.generation),
    'x-goog-metageneration': String(object.metageneration),
    'x-goog-hash': `crc32c=${object.crc32c},md5=${object.md5}`,
    'x-goog-stored-content-length': String(object.size),
    'x-content-type-options': 'nosniff',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

/** The one range a client asked for: `bytes=from-to`, `bytes=from-` or `bytes=-last`. Other forms mean everything. */
function readRange(header: string | undefined, size: number): { start: number; end: number } | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return null
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (start > end) throw new Refusal(416, 'InvalidRange', 'The requested range cannot be satisfied.')
  return { start, end }
}
