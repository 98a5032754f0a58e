import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError, Storage } from '@google-cloud/storage'
import type { Blobs } from '../../kernel/media.ts'
import { bodyOf, download, given } from './download.ts'

export interface GoogleBlobsOptions {
  readonly bucket: string
  readonly project: string
  /** The server to talk to instead of Google's. */
  readonly endpoint?: string
}

/** How long storage may take until the first of an object is there: for whoever waits before a screen, and for a job. */
const SERVED_WITHIN_MS = 10_000
const READ_WITHIN_MS = 30_000

const inSeconds = (seconds: number) => Date.now() + seconds * 1000

/** Google Cloud Storage; the library finds its own credentials, in GOOGLE_APPLICATION_CREDENTIALS. */
export function googleBlobs({ bucket: name, project, endpoint }: GoogleBlobsOptions): Blobs {
  const storage = new Storage({ projectId: project, ...(endpoint && { apiEndpoint: endpoint }) })
  const bucket = storage.bucket(name)
  const whole = async (key: string, generation: string) =>
    given(await download(storage, name, key, { generation, withinMs: READ_WITHIN_MS }))
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
        if (error instanceof ApiError && error.code === 404) return null
        throw error
      }
    },
    read: async (key, generation) => Buffer.from(await (await whole(key, generation)).arrayBuffer()),
    open: async (key, generation) => bodyOf(await whole(key, generation)),
    async serve(key, range) {
      const wanted = { ...(range && { range }), withinMs: SERVED_WITHIN_MS }
      const answer = await download(storage, name, key, wanted)
      if (answer.status === 404 || answer.status === 416) {
        await answer.body?.cancel() // which gives its connection back
        return null
      }
      const { headers } = await given(answer)
      const [, bytes] = /\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? []
      return {
        body: bodyOf(answer),
        contentType: headers.get('content-type') ?? 'application/octet-stream',
        bytes: Number(bytes ?? headers.get('content-length')),
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
