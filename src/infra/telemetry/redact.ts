const PRIVATE_PART =
  /pass(word|phrase|wd)|token|secret|phone|e-?mail|authorization|cookie|credential|signature|api-?key|(sms|login|verification)_?code/i
const PRIVATE_NAME = /^(code|otp|text|body|content|caption|message|bio|lat|lng|latitude|longitude|ip|address)$/i

// A phone number, an e-mail address, a JWT or the signature of a link; JSON escapes come first, so none is cut in two.
const PRIVATE_TEXT =
  /\\u[\da-f]{4}|\\.|\+\d{8,15}\b|[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,190}|\beyJ[\w-]{9,999}\.[\w-]{9,2000}\.[\w-]*|(?<=X-Goog-Signature=)\w+/gi

const REDACTED = '[redacted]'
const MAX_DEPTH = 8

/** A copy of a log record in which whatever has a private name is withheld, however deep it lies. */
export function redactRecord(record: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, isPrivate(name) ? REDACTED : redactValue(value, depth + 1)]),
  )
}

/** A written line in which private things that slipped into sentences are withheld. */
export const redactLine = (line: string): string =>
  line.replace(PRIVATE_TEXT, found => (found.startsWith('\\') ? found : REDACTED))

const isPrivate = (name: string) => PRIVATE_PART.test(name) || PRIVATE_NAME.test(name)

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth > MAX_DEPTH) return '[too deep]'
  if (value instanceof Error) return describeError(value, depth)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map(item => redactValue(item, depth + 1))
  return redactRecord(value, depth)
}

// Its kind, message, stack and code, and nothing else that libraries hang on errors: requests, rows, parameters.
function describeError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? { code: error.code } : {}
  const cause = error.cause instanceof Error ? { cause: redactValue(error.cause, depth + 1) } : {}
  return { type: error.name, message: error.message, stack: error.stack, ...code, ...cause }
}
