import { ApiError, Storage } from '@google-cloud/storage'
import type { Blobs } from '../../kernel/ports.ts'

export interface GoogleBlobsOptions {
  readonly bucket: string
  readonly project: string
  /** The server to talk to instead of Google's. */
  readonly endpoint?: string
}

const inSeconds = (seconds: number) => Date.now() + seconds * 1000

/** Google Cloud Storage; the library finds its own credentials, in GOOGLE_APPLICATION_CREDENTIALS. */
export function googleBlobs({ bucket: name, project, endpoint }: GoogleBlobsOptions): Blobs {
  const bucket = new Storage({ projectId: project, ...(endpoint && { apiEndpoint: endpoint }) }).bucket(name)
  return {
    async signUpload(key, { contentType, maxBytes, seconds }) {
      const limits = { 'x-goog-content-length-range': `1,${maxBytes}`, 'x-goog-if-generation-match': '0' }
      const [url] = await bucket.file(key).getSignedUrl({
        version: 'v4',
        action: 'write',
        expires: inSeconds(seconds),
        contentType,
        extensionHeaders: limits,
      })
      return { method: 'PUT', url, headers: { 'content-type': contentType, ...limits } }
    },
    async signRead(key, seconds) {
      const [url] = await bucket.file(key).getSignedUrl({ version: 'v4', action: 'read', expires: inSeconds(seconds) })
      return url
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
    async read(key, generation) {
      const rule = { version: 'v4', action: 'read', expires: inSeconds(60), queryParams: { generation } } as const
      const [url] = await bucket.file(key).getSignedUrl(rule)
      const response = await fetch(url)
      if (!response.ok) throw new Error(`Storage answered ${response.status} for generation ${generation}`)
      return Buffer.from(await response.arrayBuffer())
    },
    async write(key, body, contentType) {
      await bucket.file(key).save(body, { contentType, resumable: false })
    },
    async remove(key) {
      await bucket.file(key).delete({ ignoreNotFound: true })
    },
  }
}
