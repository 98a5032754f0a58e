import Joi from 'joi'

/** Keys by id, as `id:base64,id:base64`: the first is used for what is new, the others still open what is old. */
const keyRing = Joi.string().pattern(
  /^[a-z0-9]+:[A-Za-z0-9+/]{43}=(,[a-z0-9]+:[A-Za-z0-9+/]{43}=)*$/,
  'id:base64 of 32 bytes, comma-separated',
)
const key = Joi.string().pattern(/^[A-Za-z0-9+/]{43}=$/, 'base64 of 32 bytes')
const url = (...schemes: string[]) => Joi.string().uri({ scheme: schemes })

/** A stand-in's address: allowed on a laptop and in tests, refused in production. */
const standIn = url('http').when('NODE_ENV', { is: 'production', then: Joi.forbidden() })
/** Needed unless a stand-in takes its place. */
const unless = (name: string, schema: Joi.Schema) =>
  schema.when(name, { is: Joi.exist(), then: Joi.optional(), otherwise: Joi.required() })

interface Variable {
  readonly about: string
  readonly rule: Joi.Schema
}

/** Every environment variable: what it is for, and its rule. `.env.example` and the README's table are checked against it. */
export const variables = {
  NODE_ENV: {
    about: 'production, development or test.',
    rule: Joi.valid('production', 'development', 'test').default('development'),
  },
  PORT: { about: 'The public port of a web process; 0 takes a free one.', rule: Joi.number().port().default(3000) },
  HOST: { about: 'The address it listens on.', rule: Joi.string().default('0.0.0.0') },
  INTERNAL_PORT: {
    about: 'The port of metrics and health detail; 0 takes a free one. Never make it public.',
    rule: Joi.number().port().default(9100),
  },
  INTERNAL_HOST: { about: 'The address of the internal port.', rule: Joi.string().default('127.0.0.1') },
  PUBLIC_ORIGINS: {
    about: 'The origins of web apps that may connect, comma-separated, exactly as browsers send them.',
    rule: Joi.string().allow('').default(''),
  },
  TRUSTED_HOPS: {
    about: 'How many proxies in front add to X-Forwarded-For.',
    rule: Joi.number().integer().min(0).max(5).default(0),
  },
  LOG_LEVEL: {
    about: 'debug, info, warn or error.',
    rule: Joi.valid('debug', 'info', 'warn', 'error').default('info'),
  },
  DATABASE_URL: {
    about: 'PostgreSQL, as the role that runs: it owns nothing and is subject to row-level security.',
    rule: url('postgres', 'postgresql').required(),
  },
  DATABASE_OWNER_URL: {
    about: 'PostgreSQL, as the role that migrates; only `npm run release` reads it.',
    rule: url('postgres', 'postgresql'),
  },
  DATABASE_POOL: { about: 'Connections of one process.', rule: Joi.number().integer().min(2).max(100).default(10) },
  REDIS_URL: { about: 'Redis 7 with noeviction.', rule: url('redis', 'rediss').required() },
  REDIS_PREFIX: {
    about: 'What every name in Redis begins with.',
    rule: Joi.string()
      .pattern(/^[a-z0-9_-]{1,40}$/)
      .default('kith'),
  },
  GOOGLE_CLOUD_PROJECT: { about: 'The project of the bucket and of Firebase.', rule: Joi.string().required() },
  STORAGE_BUCKET: { about: 'The bucket for originals and renditions; never public.', rule: Joi.string().required() },
  STORAGE_ENDPOINT: { about: 'A storage server other than Google’s, for local starts.', rule: standIn },
  FIREBASE_ENDPOINT: { about: 'A push server other than Google’s, for local starts.', rule: standIn },
  TWILIO_ACCOUNT_SID: { about: 'Twilio account for text messages.', rule: unless('SMS_ENDPOINT', Joi.string()) },
  TWILIO_AUTH_TOKEN: { about: 'Its token.', rule: unless('SMS_ENDPOINT', Joi.string()) },
  TWILIO_FROM: { about: 'The number messages come from.', rule: unless('SMS_ENDPOINT', Joi.string()) },
  SMS_ENDPOINT: { about: 'A text message server other than Twilio’s, for local starts.', rule: standIn },
  ACCESS_TOKEN_KEYS: { about: 'Keys that sign access tokens.', rule: keyRing.required() },
  SEAL_KEYS: { about: 'Keys that encrypt phone numbers at rest.', rule: keyRing.required() },
  INDEX_KEY: { about: 'Key of the blind index that finds phone numbers.', rule: key.required() },
  CODE_KEY: { about: 'Key that sign-in codes are derived with.', rule: key.required() },
  REFRESH_KEY: { about: 'Key that successors of refresh tokens are derived with.', rule: key.required() },
  IMAGE_JOBS: {
    about: 'Photos a worker renders at once; one for each core.',
    rule: Joi.number().integer().min(1).max(32).default(1),
  },
} as const satisfies Record<string, Variable>

type Values = { readonly [K in keyof typeof variables]: string } & {
  readonly [K in 'PORT' | 'INTERNAL_PORT' | 'TRUSTED_HOPS' | 'DATABASE_POOL' | 'IMAGE_JOBS']: number
}

const Env = Joi.object(Object.fromEntries(Object.entries(variables).map(([name, { rule }]) => [name, rule]))).unknown()

export type Config = ReturnType<typeof readConfig>

/** Reads the environment once. Throws one error that names every mistake, without values. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { value, error } = Env.validate(given, {
    abortEarly: false,
    errors: { wrap: { label: false } },
  }) as Joi.ValidationResult<Values>
  const mistakes = error ? error.details.map(({ message, path }) => withoutValue(message, String(path[0]))) : []
  if (value?.NODE_ENV === 'production') mistakes.push(...unfitForProduction(value))
  if (!value || mistakes.length > 0)
    throw new Error(`The environment is not right:\n${mistakes.map(line => `  ${line}`).join('\n')}`)
  return Object.freeze({
    production: value.NODE_ENV === 'production',
    logLevel: value.LOG_LEVEL,
    web: {
      port: value.PORT,
      host: value.HOST,
      origins: value.PUBLIC_ORIGINS.split(',').filter(Boolean),
      trustedHops: value.TRUSTED_HOPS,
    },
    internal: { port: value.INTERNAL_PORT, host: value.INTERNAL_HOST },
    database: {
      url: value.DATABASE_URL,
      ownerUrl: value.DATABASE_OWNER_URL as string | undefined,
      pool: value.DATABASE_POOL,
    },
    redis: { url: value.REDIS_URL, prefix: value.REDIS_PREFIX },
    storage: { bucket: value.STORAGE_BUCKET, endpoint: value.STORAGE_ENDPOINT as string | undefined },
    firebase: { endpoint: value.FIREBASE_ENDPOINT as string | undefined },
    project: value.GOOGLE_CLOUD_PROJECT,
    sms: {
      accountSid: value.TWILIO_ACCOUNT_SID ?? 'AC00000000000000000000000000000000',
      authToken: value.TWILIO_AUTH_TOKEN ?? 'local',
      from: value.TWILIO_FROM ?? '+15005550006',
      endpoint: value.SMS_ENDPOINT as string | undefined,
    },
    keys: {
      access: ringOf(value.ACCESS_TOKEN_KEYS),
      seal: ringOf(value.SEAL_KEYS),
      index: bytes(value.INDEX_KEY),
      code: bytes(value.CODE_KEY),
      refresh: bytes(value.REFRESH_KEY),
    },
    imageJobs: value.IMAGE_JOBS,
  })
}

/** What `npm start` needs to know before there is a whole environment. Local starts are for laptops only. */
export function readStartConfig(env: NodeJS.ProcessEnv = process.env) {
  if (env.NODE_ENV === 'production')
    throw new Error('In production start src/main/web.ts and src/main/worker.ts instead')
  return { given: env, folder: env.KITH_FOLDER || '.kith', port: Number(env.PORT || 3000) }
}

/** What `npm run release` needs: the owner to migrate as, and the role the server will run as. */
export function readReleaseConfig(env: NodeJS.ProcessEnv = process.env): { ownerUrl: string; appUrl: string } {
  const { DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: appUrl } = env
  if (!ownerUrl || !appUrl) throw new Error('A release needs DATABASE_OWNER_URL and DATABASE_URL')
  return { ownerUrl, appUrl }
}

const bytes = (base64: string) => Buffer.from(base64, 'base64')

function ringOf(text: string) {
  const pairs = text.split(',').map(pair => pair.split(':') as [string, string])
  return { keys: Object.fromEntries(pairs.map(([id, base64]) => [id, bytes(base64)])), activeKid: pairs[0]?.[0] ?? '' }
}

/** joi quotes what it got in some messages; a secret must not reach the log. */
const withoutValue = (message: string, name: string) =>
  message.replace(/ with value .*? (fails|matches)/, ' $1').replace(/^/, message.startsWith(name) ? '' : `${name}: `)

const KEYS = ['ACCESS_TOKEN_KEYS', 'SEAL_KEYS', 'INDEX_KEY', 'CODE_KEY', 'REFRESH_KEY'] as const

function unfitForProduction(value: Values): string[] {
  const secrets = KEYS.flatMap(name =>
    (value[name] ?? '').split(',').map(part => ({ name, secret: part.replace(/^.*:/, '') })),
  )
  const weak = secrets
    .filter(({ secret }) => secret && new Set(bytes(secret)).size < 12)
    .map(({ name }) => `${name} is not random`)
  const seen = new Map<string, string>()
  const shared = secrets.flatMap(({ name, secret }) => {
    const other = seen.get(secret)
    seen.set(secret, name)
    return other && secret ? [`${name} is the same as ${other}`] : []
  })
  const open = (value.PUBLIC_ORIGINS ?? '').split(',').filter(origin => origin && !/^https:\/\/[^*/]+$/.test(origin))
  return [...weak, ...shared, ...open.map(() => 'PUBLIC_ORIGINS must be exact https origins')]
}
