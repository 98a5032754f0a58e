/** Every code a client can see: its HTTP status, and whether the same request may succeed later. */
const CODES = {
  bad_request: { http: 400, retry: false },
  unauthenticated: { http: 401, retry: false },
  forbidden: { http: 403, retry: false },
  not_found: { http: 404, retry: false },
  conflict: { http: 409, retry: false },
  rate_limited: { http: 429, retry: true },
  internal: { http: 500, retry: true },
} as const

export type Code = keyof typeof CODES
export const httpStatusOf = (code: Code): number => CODES[code].http

/** What a refusal may add: which fields are wrong and why, or how long to wait. */
export interface FailureDetail {
  readonly fields?: Readonly<Record<string, string>>
  readonly retryAfterMs?: number
}

export interface FailureWire extends FailureDetail {
  readonly code: Code
  readonly reason: string
  readonly message: string
  readonly retry: boolean
}

/** A refusal we meant. Everything else that is thrown is a bug and tells the client nothing. */
export class Failure extends Error {
  override name = 'Failure'
  readonly code: Code
  readonly reason: string
  readonly detail: FailureDetail
  /** The answer is no, and yet what the command wrote is kept, such as the count of wrong attempts. */
  readonly keeps: boolean

  constructor({ code, reason, message, keeps }: FailureSpec, detail: FailureDetail = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.reason = reason
    this.detail = detail
    this.keeps = keeps
  }

  toWire(): FailureWire {
    return {
      code: this.code,
      reason: this.reason,
      message: this.message,
      retry: CODES[this.code].retry,
      ...this.detail,
    }
  }
}

interface FailureSpec {
  readonly code: Code
  readonly reason: string
  readonly message: string
  readonly keeps: boolean
}

export interface FailureKind extends FailureSpec {
  (detail?: FailureDetail, options?: ErrorOptions): Failure
}

/** Declares a failure once, beside the rule that raises it: `throw NoPost()`. */
export function failure(code: Code, reason: string, message: string, { keeps = false } = {}): FailureKind {
  const spec = { code, reason, message, keeps }
  return Object.assign((detail?: FailureDetail, options?: ErrorOptions) => new Failure(spec, detail, options), spec)
}

export const Invalid = failure('bad_request', 'invalid', 'Some fields are not right')
export const Unauthenticated = failure('unauthenticated', 'sign_in', 'Sign in first')
export const NoSuchCommand = failure('not_found', 'command', 'There is no such command')
export const TooFast = failure('rate_limited', 'too_fast', 'Slow down')
export const OtherPayload = failure('conflict', 'client_id', 'This clientId was used for something else')
export const Late = failure('internal', 'deadline', 'This took too long and was given up')
export const Unavailable = failure('internal', 'unavailable', 'Something we need is away; try again')
export const Broken = failure('internal', 'broken', 'Something broke on our side')

/** The failures any command may answer with. */
export const commonFailures = [
  Invalid,
  Unauthenticated,
  NoSuchCommand,
  TooFast,
  OtherPayload,
  Late,
  Unavailable,
  Broken,
] as const
