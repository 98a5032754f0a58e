import { createHash, verify, type KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { targetOf } from '../http.ts'
import { Denied, Invalid, Refusal } from './refusal.ts'

export interface Signer {
  readonly clientEmail: string
  readonly publicKey: KeyObject
}

const SCOPE = 'auto/storage/goog4_request'
const LONGEST_SECONDS = 7 * 24 * 60 * 60
const CLOCK_SKEW_MS = 15 * 60 * 1000

/** Lets a request pass only if its URL carries a V4 signature for exactly this method, object, query and headers. */
export function verifySignedUrl(req: IncomingMessage, signer: Signer, now: number): void {
  const { path, query } = targetOf(req)
  const signed = readSignature(query)
  if (signed.email !== signer.clientEmail) throw Denied(`Unknown service account ${signed.email}`)
  if (now < signed.at - CLOCK_SKEW_MS) throw Denied('The signed URL is not valid yet.')
  if (now > signed.at + signed.seconds * 1000) {
    throw new Refusal(400, 'ExpiredToken', 'Invalid argument: the signed URL has expired.')
  }
  refuseUnsignedHeaders(req, signed.headers)

  const matches = hostForms(req).some(host => {
    const canonical = [
      req.method,
      path,
      canonicalQuery(query),
      ...signed.headers.map(name => `${name}:${name === 'host' ? host : headerValue(req, name)}`),
      '',
      signed.headers.join(';'),
      headerValue(req, 'x-goog-content-sha256') || 'UNSIGNED-PAYLOAD',
    ].join('\n')
    const digest = createHash('sha256').update(canonical).digest('hex')
    const text = ['GOOG4-RSA-SHA256', signed.stamp, signed.scope, digest].join('\n')
    return verify('RSA-SHA256', Buffer.from(text), signer.publicKey, signed.signature)
  })
  if (!matches) throw mismatch('The request signature we calculated does not match the signature you provided.')
}

const mismatch = (message: string) => new Refusal(403, 'SignatureDoesNotMatch', message)

function readSignature(query: URLSearchParams) {
  const field = (name: string) => query.get(`X-Goog-${name}`) ?? ''
  if (field('Algorithm') !== 'GOOG4-RSA-SHA256') throw Denied('Anonymous caller does not have access to this object.')

  const stamp = field('Date')
  const [email = '', ...scope] = field('Credential').split('/')
  if (scope.join('/') !== `${stamp.slice(0, 8)}/${SCOPE}`) throw Invalid('The credential has a wrong scope.')
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (Number.isNaN(at)) throw Invalid('X-Goog-Date is not a date.')
  const seconds = Number(field('Expires'))
  if (!(seconds > 0 && seconds <= LONGEST_SECONDS)) throw Invalid(`X-Goog-Expires must be 1 to ${LONGEST_SECONDS}.`)
  const headers = field('SignedHeaders').split(';')
  if (!headers.includes('host')) throw Invalid('The host header must be signed.')

  const signature = Buffer.from(field('Signature'), 'hex')
  return { email, stamp, at, seconds, scope: scope.join('/'), headers, signature }
}

/** Cloud Storage acts on x-goog headers, so it takes none that the signer did not agree to. */
function refuseUnsignedHeaders(req: IncomingMessage, signed: readonly string[]): void {
  for (const name of Object.keys(req.headers)) {
    const acts = name.startsWith('x-goog-') && name !== 'x-goog-hash'
    if (acts && !signed.includes(name)) throw mismatch(`The header ${name} was sent but not signed.`)
  }
}

/** The client library signs the host without its port; other signers keep it. */
function hostForms(req: IncomingMessage): string[] {
  const host = req.headers.host ?? ''
  return [host.replace(/:\d+$/, ''), host]
}

function headerValue(req: IncomingMessage, name: string): string {
  const value = req.headers[name] ?? ''
  return (Array.isArray(value) ? value.join(',') : value).trim().replace(/\s+/g, ' ')
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Goog-Signature')
    .map(([name, value]) => [encodeStrictly(name), encodeStrictly(value)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

const encodeStrictly = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
