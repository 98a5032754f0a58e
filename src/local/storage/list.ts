import type { Objects, StoredObject } from './objects.ts'

export interface Listing {
  readonly items: readonly StoredObject[]
  /** With a delimiter: the folders seen instead of what lies in them. */
  readonly prefixes: readonly string[]
  readonly nextPageToken?: string
}

const LARGEST_PAGE = 1_000

/** One page of a bucket's objects, by name. */
export function listObjects(objects: Objects, bucket: string, query: URLSearchParams): Listing {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const most = Math.min(Number(query.get('maxResults')) || LARGEST_PAGE, LARGEST_PAGE)
  const from = query.get('startOffset') ?? ''
  const after = Buffer.from(query.get('pageToken') ?? '', 'base64url').toString('utf8')

  const items: StoredObject[] = []
  const prefixes = new Set<string>()
  let last = after
  for (const object of objects.inBucket(bucket)) {
    const folder = folderOf(object.name, prefix, delimiter)
    const place = folder ?? object.name
    if (!object.name.startsWith(prefix) || place < from || place <= after || (folder && prefixes.has(folder))) continue
    if (items.length + prefixes.size === most) {
      return { items, prefixes: [...prefixes], nextPageToken: Buffer.from(last).toString('base64url') }
    }
    if (folder) prefixes.add(folder)
    else items.push(object)
    last = place
  }
  return { items, prefixes: [...prefixes] }
}

function folderOf(name: string, prefix: string, delimiter: string): string | null {
  const end = delimiter ? name.indexOf(delimiter, prefix.length) : -1
  return end < 0 ? null : name.slice(0, end + delimiter.length)
}
