import type { IncomingMessage, ServerResponse } from 'node:http'
import { linkSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { bodyOf, readText, sendJson, targetOf } from '../http.ts'
import { LARGEST_OBJECT, receive } from './incoming.ts'
import { listObjects } from './list.ts'
import { readMultipart } from './multipart.ts'
import type { Objects, Place, StoredObject } from './objects.ts'
import { check, conditionsInQuery } from './preconditions.ts'
import { Denied, Invalid, Refusal } from './refusal.ts'
import { describedBy, parseResource, toResource, type SentResource } from './resource.ts'
import type { Uploads } from './resumable.ts'
import { sendObject } from './send-object.ts'

export interface Storage {
  readonly url: string
  readonly objects: Objects
  readonly uploads: Uploads
}

const ANY_SIZE = { min: 0, max: LARGEST_OBJECT }

/** Whether a path belongs to the JSON API, which the server's own client uses. */
export const isJsonApi = (path: string): boolean => /^\/(?:upload\/|download\/)?storage\/v1\//.test(path)

/** Answers a request of the JSON API. It knows no sign-in, as the client sends none to an endpoint of one's own. */
export async function answerJson(storage: Storage, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.headers.origin !== undefined) throw Denied('A web page may use signed URLs only.')
  const { path } = targetOf(req)
  const [bucket = '', source, target] = readPath(path)
  if (path.startsWith('/upload/')) return upload(storage, req, res, bucket)
  if (source && target) return copy(storage, req, res, source, target)
  if (source) return answerObject(storage, req, res, source)
  if (path.endsWith('/o')) return list(storage, req, res, bucket)
  if (path === '/storage/v1/b' && req.method === 'POST') {
    return sendJson(res, 200, { kind: 'storage#bucket', ...parseResource(await readText(req)) })
  }
  if (bucket && req.method === 'GET') return sendJson(res, 200, { kind: 'storage#bucket', id: bucket, name: bucket })
  throw new Refusal(404, 'notFound', 'Not Found')
}

/** Reads `/b/{bucket}[/o/{name}[/rewriteTo/b/{bucket}/o/{name}]]`. */
function readPath(path: string): readonly [string?, Place?, Place?] {
  const pattern = /\/storage\/v1\/b\/([^/]+)(?:\/o(?:\/([^/]+)(?:\/(?:rewriteTo|copyTo)\/b\/([^/]+)\/o\/([^/]+))?)?)?$/
  const [, bucket = '', name, toBucket, toName] = pattern.exec(path) ?? []
  if (!name) return [bucket]
  const source = { bucket, name: decodeName(name) }
  return toBucket && toName ? [bucket, source, { bucket: toBucket, name: decodeName(toName) }] : [bucket, source]
}

/** The name of an object as its path spells it. */
export function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw Invalid('The object name is badly encoded.')
  }
}

async function answerObject({ url, objects }: Storage, req: IncomingMessage, res: ServerResponse, place: Place) {
  const { query } = targetOf(req)
  // Read before the object is looked up: nothing may happen between looking and changing.
  const sent = req.method === 'PATCH' ? parseResource(await readText(req)) : {}
  const object = objects.get(place, query.get('generation'))
  check(conditionsInQuery(query), object, req.method === 'GET')
  switch (req.method) {
    case 'GET':
      if (query.get('alt') === 'media') return sendObject(req, res, objects, object)
      return sendJson(res, 200, toResource(url, object))
    case 'PATCH':
      return sendJson(res, 200, toResource(url, objects.describe(object, describedBy(sent, object))))
    case 'DELETE':
      objects.remove(object)
      return void res.writeHead(204).end()
    case undefined:
    default:
      throw new Refusal(405, 'methodNotAllowed', `${req.method} is not for objects.`)
  }
}

async function upload({ url, objects, uploads }: Storage, req: IncomingMessage, res: ServerResponse, bucket: string) {
  const { query } = targetOf(req)
  const id = query.get('upload_id')
  if (req.method === 'PUT' && id) return answerStored(url, res, await uploads.take(id, req, res))
  if (req.method === 'DELETE' && id) {
    await uploads.cancel(id)
    return void res.writeHead(499).end()
  }
  const conditions = conditionsInQuery(query)
  const nameOf = (sent: SentResource) => ({ bucket, name: sent.name ?? query.get('name') ?? '' })
  switch (query.get('uploadType')) {
    case 'resumable': {
      const sent = parseResource(await readText(req))
      const described = { ...contentTypeIn(req, 'x-upload-content-type'), ...sent }
      const expected = { md5: sent.md5Hash, crc32c: sent.crc32c }
      const plan = { place: nameOf(sent), description: describedBy(described), conditions, range: ANY_SIZE, expected }
      const session = await uploads.begin(plan)
      const location = `${url}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${session}`
      return void res.writeHead(200, { location }).end()
    }
    case 'multipart': {
      const parts = await readMultipart(req.headers['content-type'], bodyOf(req))
      const sent = parseResource(parts.resource)
      const expected = { md5: sent.md5Hash, crc32c: sent.crc32c }
      const received = await receive(objects.arriving, parts.body, ANY_SIZE, expected)
      const described = parts.contentType ? { contentType: parts.contentType, ...sent } : sent
      return answerStored(url, res, objects.put(nameOf(sent), received, describedBy(described), conditions))
    }
    case 'media': {
      const received = await receive(objects.arriving, bodyOf(req), ANY_SIZE, {})
      const description = describedBy(contentTypeIn(req, 'content-type'))
      return answerStored(url, res, objects.put(nameOf({}), received, description, conditions))
    }
    case null:
    default:
      throw Invalid('uploadType must be media, multipart or resumable.')
  }
}

function contentTypeIn({ headers }: IncomingMessage, header: string): SentResource {
  const contentType = headers[header]?.toString()
  return contentType ? { contentType } : {}
}

function answerStored(url: string, res: ServerResponse, object: StoredObject | null): void {
  if (object) sendJson(res, 200, toResource(url, object))
}

async function copy({ url, objects }: Storage, req: IncomingMessage, res: ServerResponse, from: Place, to: Place) {
  const { query } = targetOf(req)
  const sent = parseResource(await readText(req))
  const source = objects.get(from, query.get('sourceGeneration'))
  check({ generation: query.get('ifSourceGenerationMatch') ?? undefined }, source)
  const description = describedBy(sent, source)
  const file = path.join(objects.arriving, randomUUID())
  // A body never changes, so both objects may share it.
  linkSync(objects.bodyOf(source), file)
  const object = objects.put(to, { ...source, file }, description, conditionsInQuery(query))
  const size = String(object.size)
  const answer = { kind: 'storage#rewriteResponse', done: true, totalBytesRewritten: size, objectSize: size }
  sendJson(res, 200, { ...answer, resource: toResource(url, object) })
}

function list({ url, objects }: Storage, req: IncomingMessage, res: ServerResponse, bucket: string): void {
  const { items, prefixes, nextPageToken } = listObjects(objects, bucket, targetOf(req).query)
  const resources = items.map(object => toResource(url, object))
  sendJson(res, 200, { kind: 'storage#objects', items: resources, prefixes, nextPageToken })
}
