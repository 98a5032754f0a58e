import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyOf, targetOf } from '../http.ts'
import type { ExpectedChecksums } from './checksum.ts'
import { readSizeRange, receive } from './incoming.ts'
import { decodeName, type Storage } from './json-api.ts'
import type { Description, Place } from './objects.ts'
import { check, conditionsInHeaders } from './preconditions.ts'
import { Invalid, Refusal, TooLarge } from './refusal.ts'
import { objectHeaders, sendObject } from './send-object.ts'
import { verifySignedUrl, type Signer } from './signature.ts'

/** Answers a request of the XML API, which apps and browsers use through signed URLs. */
export async function answerXml(
  storage: Storage,
  signer: Signer,
  now: number,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  allowOrigins(req, res)
  if (req.method === 'OPTIONS') return void res.writeHead(200).end()

  const { path, query } = targetOf(req)
  const { objects, uploads } = storage
  // The session of an upload in pieces is its own proof: nobody can guess its name.
  const session = query.get('upload_id')
  if (session && req.method === 'PUT') {
    const object = await uploads.take(session, req, res)
    return object ? void res.writeHead(200, objectHeaders(object)).end() : undefined
  }

  verifySignedUrl(req, signer, now)
  const place = readPlace(path)
  switch (req.method) {
    case 'PUT':
      return put(storage, req, res, place)
    case 'POST':
      return begin(storage, req, res, place)
    case 'GET':
    case 'HEAD': {
      const object = objects.get(place, query.get('generation'))
      check(conditionsInHeaders(req), object, true)
      return sendObject(req, res, objects, object, overridesIn(query))
    }
    case 'DELETE': {
      const object = objects.get(place, query.get('generation'))
      check(conditionsInHeaders(req), object)
      objects.remove(object)
      return void res.writeHead(204).end()
    }
    case undefined:
    default:
      throw new Refusal(405, 'MethodNotAllowed', `${req.method} is not allowed here.`)
  }
}

/** Any page may use a signed URL it was given; the signature is what protects the object. */
function allowOrigins(req: IncomingMessage, res: ServerResponse): void {
  res.setHeader('access-control-allow-origin', '*')
  res.setHeader('access-control-expose-headers', 'Content-Range, ETag, Location, Range, x-goog-generation, x-goog-hash')
  if (req.method !== 'OPTIONS') return
  res.setHeader('access-control-allow-methods', 'GET, HEAD, PUT, POST, DELETE')
  res.setHeader('access-control-allow-headers', req.headers['access-control-request-headers'] ?? '*')
  res.setHeader('access-control-max-age', '3600')
}

function readPlace(path: string): Place {
  const [, bucket, name] = /^\/([^/]+)\/(.+)$/.exec(path) ?? []
  if (!bucket || !name) throw Invalid('The path must name a bucket and an object.')
  return { bucket, name: decodeName(name) }
}

async function put({ objects }: Storage, req: IncomingMessage, res: ServerResponse, place: Place): Promise<void> {
  const range = readSizeRange(req.headers['x-goog-content-length-range']?.toString())
  if (Number(req.headers['content-length'] ?? 0) > range.max) throw TooLarge()
  const received = await receive(objects.arriving, bodyOf(req), range, expectedBy(req))
  const object = objects.put(place, received, describedByHeaders(req), conditionsInHeaders(req))
  const { etag, 'x-goog-generation': generation, 'x-goog-hash': hash } = objectHeaders(object)
  res.writeHead(200, { etag, 'x-goog-generation': generation, 'x-goog-hash': hash, 'content-length': 0 }).end()
}

async function begin(
  { url, uploads }: Storage,
  req: IncomingMessage,
  res: ServerResponse,
  place: Place,
): Promise<void> {
  if (req.headers['x-goog-resumable'] !== 'start') throw Invalid('POST begins an upload in pieces and nothing else.')
  const session = await uploads.begin({
    place,
    description: describedByHeaders(req),
    conditions: conditionsInHeaders(req),
    range: readSizeRange(req.headers['x-goog-content-length-range']?.toString()),
    expected: expectedBy(req),
  })
  const location = `${url}${targetOf(req).path}?upload_id=${session}`
  res.writeHead(201, { location, 'content-length': 0 }).end()
}

function describedByHeaders({ headers }: IncomingMessage): Description {
  const prefix = 'x-goog-meta-'
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), String(value)] as const)
  return {
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    contentDisposition: headers['content-disposition'],
    contentLanguage: headers['content-language'],
    cacheControl: headers['cache-control'],
    metadata: metadata.length > 0 ? Object.fromEntries(metadata) : undefined,
  }
}

function expectedBy({ headers }: IncomingMessage): ExpectedChecksums {
  const hash = headers['x-goog-hash']?.toString() ?? ''
  const named = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(hash)?.[1]
  return { md5: headers['content-md5']?.toString() ?? named('md5'), crc32c: named('crc32c') }
}

/** A signed URL may decide how a browser takes the object. */
function overridesIn(query: URLSearchParams): Record<string, string> {
  const [type, disposition] = [query.get('response-content-type'), query.get('response-content-disposition')]
  return { ...(type && { 'content-type': type }), ...(disposition && { 'content-disposition': disposition }) }
}
