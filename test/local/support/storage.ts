import { Storage, type Bucket } from '@google-cloud/storage'
import type { ExecutionContext } from 'ava'
import { makeServiceAccount, startStorage } from '../../../src/local/storage/server.ts'
import { temporaryFolder } from './folder.ts'

export interface StorageWorld {
  readonly bucket: Bucket
  readonly url: string
  readonly dataDir: string
  /** Lets time pass for the server. */
  readonly later: (ms: number) => void
  readonly stop: () => Promise<void>
}

/** A local storage and the unmodified client, pointed at it the way Kith does. */
export async function openStorage(t: ExecutionContext, folder?: string): Promise<StorageWorld> {
  const dataDir = folder ?? (await temporaryFolder(t))
  const serviceAccount = await makeServiceAccount(dataDir)
  let passed = 0
  const server = await startStorage({ dataDir, serviceAccount, now: () => Date.now() + passed })
  t.teardown(() => server.stop().catch(() => undefined))
  process.env.GOOGLE_APPLICATION_CREDENTIALS = serviceAccount.file
  return {
    bucket: new Storage({ apiEndpoint: server.url, projectId: 'kith-local' }).bucket('kith-local'),
    url: server.url,
    dataDir,
    later: ms => (passed += ms),
    stop: server.stop,
  }
}

export interface SignedUpload {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Signs what Kith signs: one create-only upload of a JPEG of 1 to 100 bytes, for a minute. */
export async function signUpload(bucket: Bucket, name: string): Promise<SignedUpload> {
  const limits = { 'x-goog-content-length-range': '1,100', 'x-goog-if-generation-match': '0' }
  const [url] = await bucket.file(name).getSignedUrl({
    version: 'v4',
    action: 'write',
    expires: Date.now() + 60_000,
    contentType: 'image/jpeg',
    extensionHeaders: limits,
  })
  return { url, headers: { 'content-type': 'image/jpeg', ...limits } }
}

/** Sends an upload and tells the answer: `200`, or a refusal such as `403 SignatureDoesNotMatch`. */
export async function put({ url, headers }: SignedUpload, body: BodyInit = 'a small picture'): Promise<string> {
  const response = await fetch(url, { method: 'PUT', headers, body })
  const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]
  return [response.status, code].filter(Boolean).join(' ')
}
