/** Private wherever it stands in a name, and only as a word of its own at the end: `remoteAddress`, but not `addressCount`. */
const PRIVATE_PART =
  /pass_?(word|phrase|wd)|token|secret|phone|e_?mail|authorization|cookie|credential|signature|api_?key|forwarded|latitude|longitude|(sms|login|sign_?in|verification|reset|one_?time)_?code/
const PRIVATE_END =
  /(?<![a-z])(pass|otp|text|body|bio|captions?|contents?|messages?|lat|lng|ip(v[46])?|pid|address(es)?)$|^code$/

/**
 * What is private in a written line, whatever it is called. The lines are JSON, so an escape may stand before it, and
 * stays whole: it is found first, and kept.
 */
const PRIVATE_TEXT = new RegExp(
  [
    String.raw`\\u[\da-fA-F]{4}|\\.`,
    String.raw`(?:\+|%2B)\d{8,15}(?!\d)`, // a phone number
    String.raw`[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}\.[\w.-]{2,190}`, // an e-mail address
    String.raw`eyJ[\w-]{9,999}\.[\w-]{9,2000}\.[\w-]*`, // an access token
    String.raw`(?<=rt1(?:\.[\da-f-]{36}){2}\.)[\w-]+`, // the secret of a refresh token, whose ids may be read
    String.raw`(?<=__Host-\w{1,40}=)[^;,\s"\\]+`, // the cookie of a session
    String.raw`(?<=[Bb]earer )[\w.~+/=-]+`,
    String.raw`(?<=X-Goog-Signature(?:=|%3D))\w+`,
    // 32 random bytes in Base64, as links sent by mail and keys have them
    String.raw`(?<=^|[^\w-]|\\[a-z])(?=\S{0,42}\d)(?=\S{0,42}[a-z])(?=\S{0,42}[A-Z])(?:[\w-]{43}|[A-Za-z\d+/]{43}=)(?![\w=-])`,
  ].join('|'),
  'g',
)

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

function isPrivate(name: string): boolean {
  const words = name.replace(/(?<=[a-z\d])(?=[A-Z])|[^A-Za-z\d]+/g, '_').toLowerCase()
  return PRIVATE_PART.test(words) || PRIVATE_END.test(words)
}

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
