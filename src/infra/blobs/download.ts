import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Storage } from '@google-cloud/storage'
import type { ByteRange } from '../../kernel/media.ts'

/** What of an object is wanted: this generation of it, this part, and the first of it within so many milliseconds. */
export interface Wanted {
  readonly generation?: string
  readonly range?: ByteRange
  readonly withinMs: number
}

/**
 * Asks the JSON API for what is in an object, as the library is signed in. The library's own stream adds listeners to
 * itself with every piece that it passes on.
 */
export async function download(storage: Storage, bucket: string, key: string, wanted: Wanted): Promise<Response> {
  const { generation, range, withinMs } = wanted
  const url = new URL(`storage/v1/b/${bucket}/o/${encodeURIComponent(key)}`, `${storage.apiEndpoint}/`)
  url.search = new URLSearchParams({ alt: 'media', ...(generation && { generation }) }).toString()
  const headers = storage.customEndpoint ? new Headers() : await storage.authClient.getRequestHeaders(url)
  if (range) headers.set('range', `bytes=${range.first}-${range.last ?? ''}`)
  const patience = new AbortController()
  const late = setTimeout(() => patience.abort(), withinMs)
  return fetch(url, { headers, signal: patience.signal })
    .catch(isAway)
    .finally(() => clearTimeout(late))
}

/** Its code is what tells a dependency that is away from a bug. */
function isAway(cause: unknown): never {
  throw Object.assign(new Error('Storage does not answer', { cause }), { code: 'ETIMEDOUT' })
}

/** The body of an answer, piece by piece. */
export const bodyOf = ({ body }: Response): Readable => Readable.fromWeb(body as ReadableStream)

/** Throws where storage did not give what it was asked for. */
export async function given(answer: Response): Promise<Response> {
  if (!answer.ok) throw new Error(`Storage answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`)
  return answer
}
