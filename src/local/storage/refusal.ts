import type { ServerResponse } from 'node:http'
import { sendJson } from '../http.ts'

/** An answer other than success, as Cloud Storage gives it. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const NotFound = (bucket: string, name: string) =>
  new Refusal(404, 'NoSuchKey', `No such object: ${bucket}/${name}`)
export const PreconditionFailed = () =>
  new Refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.')
export const NotModified = () => new Refusal(304, 'NotModified', 'Not modified')
export const TooLarge = () =>
  new Refusal(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum object size.')
export const TooSmall = () =>
  new Refusal(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum size.')
export const Invalid = (message: string) => new Refusal(400, 'InvalidArgument', message)
export const Denied = (message: string) => new Refusal(403, 'AccessDenied', message)

/** Answers a refusal in the form of the JSON API. */
export function sendJsonRefusal(res: ServerResponse, { status, code, message }: Refusal): void {
  if (status === 304) return void res.writeHead(304).end()
  sendJson(res, status, { error: { code: status, message, errors: [{ message, domain: 'global', reason: code }] } })
}

/** Answers a refusal in the form of the XML API. */
export function sendXmlRefusal(res: ServerResponse, { status, code, message }: Refusal): void {
  if (status === 304) return void res.writeHead(304).end()
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  res.writeHead(status, { 'content-type': 'application/xml; charset=UTF-8', 'x-content-type-options': 'nosniff' })
  res.end(`<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${text}</Message></Error>`)
}
