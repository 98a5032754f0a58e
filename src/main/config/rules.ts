/* oxlint-disable unicorn/no-thenable -- joi's own word in a condition */
import Joi from 'joi'

/** A rule in words. joi's own words for a pattern would repeat the value, which may be a secret. */
export const must = (what: string, isRight: (value: string) => boolean) =>
  Joi.string().custom((value: string, helpers) => (isRight(value) ? value : helpers.error('must', { what })))
export const inProduction = (then: Joi.Schema) => ['NODE_ENV', { is: 'production', then }] as const
export const outsideProduction = (then: Joi.Schema) =>
  ['NODE_ENV', { is: Joi.valid('development', 'test'), then }] as const

export const url = (...schemes: string[]) => {
  const starts = schemes.map(scheme => `${scheme}://`)
  return must(`a URL that begins with ${starts.join(' or ')} and names a host`, value =>
    Boolean(starts.some(start => value.startsWith(start)) && URL.parse(value)?.hostname),
  )
}
export const origins = (...schemes: string[]) =>
  must(`exact ${schemes.join(' or ')} origins, comma-separated`, value =>
    listOf(value).every(
      item => !item.includes('*') && URL.parse(item)?.origin === item && schemes.includes(item.split(':', 1)[0] ?? ''),
    ),
  )
export const guarded = must('a URL with a password in production', value => Boolean(URL.parse(value)?.password))
const LOOPBACK = /^(localhost|127\..*|\[::1\])$/
/** No more than where and as whom: what else a URL can say turns the checks of a library off. */
export const mailServer = must(
  'an smtp:// or smtps:// URL of a host, with no more than a port, a user and a password',
  value => {
    const { protocol = '', hostname, pathname = '', search, hash } = URL.parse(value) ?? {}
    return (
      /^smtps?:$/.test(protocol) && Boolean(hostname) && pathname.length < 2 && !search && !hash && isEncoded(value)
    )
  },
)
function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}
export const guardedMailServer = must(
  'an smtps:// URL or have a password in production, and name another machine',
  value => {
    const { protocol, hostname = '', password } = URL.parse(value) ?? {}
    return (protocol === 'smtps:' || Boolean(password)) && !LOOPBACK.test(hostname)
  },
)
const ADDRESS = String.raw`[^\s<>@,;:"()]+@[^\s<>@,;:"()]+`
export const mailbox = must('an address, or a name and an <address>', value =>
  new RegExp(`^(${ADDRESS}|[^<>@,;:"()\r\n]+<${ADDRESS}>)$`).test(value),
)
export const integer = (min: number, max: number) => Joi.number().integer().min(min).max(max)

/** Chance makes a key without high bytes once in four billion: such a key was typed, counted up or left at zero. */
const isRandom = (key: Buffer) => key.some(byte => byte > 127) && new Set(key).size >= 16
const isKey = (text: string) => /^[A-Za-z0-9+/]{43}=$/.test(text) && isRandom(bytesOf(text))
export const key = must('32 random bytes in base64', isKey)
export const keyRing = must('id:key,id:key with each id once and each key 32 random bytes in base64', value => {
  const pairs = listOf(value).map(pair => pair.split(':'))
  const isRing = pairs.every(
    ([id = '', text = '', ...rest]) => /^[a-z0-9]{1,32}$/.test(id) && isKey(text) && !rest.length,
  )
  return isRing && new Set(pairs.map(([id]) => id)).size === pairs.length
})

/** For what leads to a stand-in or opens a door: right on a laptop and in tests, refused in production. */
export const notInProduction = (rule: Joi.Schema) => rule.when(...inProduction(Joi.forbidden()))
export const standIn = notInProduction(url('http'))
/** Needed, but for a local start with the inbox in place of Twilio. */
export const twilio = (rule: Joi.StringSchema, local: string) =>
  rule
    .when('SMS_ENDPOINT', { is: Joi.exist(), then: Joi.string().default(local), otherwise: Joi.required() })
    .when(...inProduction(Joi.required()))

export const listOf = (text: string) => text.split(/ *, */).filter(Boolean)
export const bytesOf = (base64: string) => Buffer.from(base64, 'base64')
