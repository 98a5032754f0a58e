import { parseJson } from '../files.ts'
import type { Description, StoredObject } from './objects.ts'
import { Invalid } from './refusal.ts'

/** An object as the JSON API describes it. */
export function toResource(url: string, object: StoredObject) {
  const path = `b/${object.bucket}/o/${encodeURIComponent(object.name)}`
  return {
    kind: 'storage#object',
    id: `${object.bucket}/${object.name}/${object.generation}`,
    selfLink: `${url}/storage/v1/${path}`,
    mediaLink: `${url}/download/storage/v1/${path}?generation=${object.generation}&alt=media`,
    bucket: object.bucket,
    name: object.name,
    generation: String(object.generation),
    metageneration: String(object.metageneration),
    size: String(object.size),
    md5Hash: object.md5,
    crc32c: object.crc32c,
    etag: `${object.generation}/${object.metageneration}`,
    storageClass: 'STANDARD',
    timeCreated: object.createdAt,
    updated: object.updatedAt,
    contentType: object.contentType,
    contentEncoding: object.contentEncoding,
    contentDisposition: object.contentDisposition,
    contentLanguage: object.contentLanguage,
    cacheControl: object.cacheControl,
    metadata: object.metadata,
  }
}

type Described = { -readonly [Key in keyof Description]: Description[Key] }

/** What a client may send to describe an object; null takes a value away. */
export interface SentResource {
  readonly name?: string
  readonly md5Hash?: string
  readonly crc32c?: string
  readonly contentType?: string | null
  readonly contentEncoding?: string | null
  readonly contentDisposition?: string | null
  readonly contentLanguage?: string | null
  readonly cacheControl?: string | null
  readonly metadata?: Readonly<Record<string, string | null>> | null
}

export function parseResource(text: string): SentResource {
  if (text.trim() === '') return {}
  try {
    return parseJson<SentResource>(text)
  } catch {
    throw Invalid('The metadata is not JSON.')
  }
}

/** The description a client sent, laid over the one there was. */
export function describedBy(sent: SentResource, before: Description = {}): Description {
  const described: Described = {}
  for (const key of [
    'contentType',
    'contentEncoding',
    'contentDisposition',
    'contentLanguage',
    'cacheControl',
  ] as const) {
    described[key] = sent[key] === null ? undefined : (sent[key] ?? before[key])
  }
  const merged = sent.metadata === null ? {} : { ...before.metadata, ...sent.metadata }
  const metadata = Object.entries(merged).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
  described.metadata = metadata.length > 0 ? Object.fromEntries(metadata) : undefined
  return described
}
