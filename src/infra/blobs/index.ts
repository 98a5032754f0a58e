import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError, Storage } from '@google-cloud/storage'
import type { Blobs } from '../../kernel/media.ts'

export interface GoogleBlobsOptions {
  readonly bucket: string
  readonly project: string
  /** The server to talk to instead of Google's. */
  readonly endpoint?: string
}

/** How long whoever is to be served waits for the first of it. */
const PATIENCE_MS = 10_000

const inSeconds = (seconds: number) => Date.now() + seconds * 1000

/** Google Cloud Storage; the library finds its own credentials, in GOOGLE_APPLICATION_CREDENTIALS. */
export function googleBlobs({ bucket: name, project, endpoint }: GoogleBlobsOptions): Blobs {
  const bucket = new Storage({ projectId: project, ...(endpoint && { apiEndpoint: endpoint }) }).bucket(name)
  return {
    async signUpload(key, { contentType, maxBytes, seconds, resumable }) {
      const limits = { 'x-goog-content-length-range': `1,${maxBytes}`, 'x-goog-if-generation-match': '0' }
      const [url] = await bucket.file(key).getSignedUrl({
        version: 'v4',
        action: resumable ? 'resumable' : 'write',
        expires: inSeconds(seconds),
        contentType,
        extensionHeaders: limits,
      })
      const begins = resumable && { 'x-goog-resumable': 'start' }
      return {
        method: resumable ? 'POST' : 'PUT',
        url,
        headers: { 'content-type': contentType, ...limits, ...begins },
      }
    },
    async stat(key) {
      try {
        const [found] = await bucket.file(key).getMetadata()
        return {
          bytes: Number(found.size),
          contentType: found.contentType ?? 'application/octet-stream',
          generation: String(found.generation),
        }
      } catch (error) {
        return nullIfGone(error)
      }
    },
    async read(key, generation) {
      const [body] = await bucket.file(key, { generation }).download()
      return body
    },
    open: (key, generation) => bucket.file(key, { generation }).createReadStream(),
    async serve(key, { first, last } = { first: 0 }) {
      const part = { ...(first > 0 && { start: first }), ...(last !== undefined && { end: last }) }
      const body = bucket.file(key).createReadStream({ ...part, validation: false, decompress: false })
      const signal = AbortSignal.timeout(PATIENCE_MS)
      signal.addEventListener('abort', () => body.readableFlowing === null && body.destroy())
      const answered = once(body, 'response', { signal }) as Promise<
        [{ statusCode: number; headers: Record<string, string> }]
      >
      body.read(0) // until somebody reads, nothing is asked
      const [{ statusCode, headers }] = await answered
      if (statusCode >= 400) return refused(body, statusCode)
      const [, whole] = /\/(\d+)$/.exec(headers['content-range'] ?? '') ?? []
      return {
        body,
        contentType: headers['content-type'] ?? 'application/octet-stream',
        bytes: Number(whole ?? headers['content-length']),
      }
    },
    async write(key, body, contentType) {
      const file = bucket.file(key)
      if (body instanceof Readable) await pipeline(body, file.createWriteStream({ contentType, resumable: false }))
      else await file.save(body, { contentType, resumable: false })
    },
    async remove(key) {
      await bucket.file(key).delete({ ignoreNotFound: true })
    },
    async list(prefix, after, most) {
      const from = after ? { startOffset: after } : {}
      // What comes behind `after` begins with it.
      const [files] = await bucket.getFiles({ prefix, ...from, maxResults: most + 1, autoPaginate: false })
      return files
        .filter(({ name }) => name !== after)
        .slice(0, most)
        .map(({ name, metadata }) => ({ key: name, madeAt: new Date(metadata.timeCreated ?? 0) }))
    },
  }
}

/** Nothing is there, or not so much of it; any other refusal is thrown. */
async function refused(body: Readable, status: number): Promise<null> {
  const error: unknown = await once(body, 'error').then(([error]: unknown[]) => error)
  if (status === 404 || status === 416) return null
  throw error
}

function nullIfGone(error: unknown): null {
  if (error instanceof ApiError && error.code === 404) return null
  throw error
}
