import Joi from 'joi'
import { read } from './config/read.ts'
import { bytesOf, inProduction, integer, key, keyRing, listOf, must } from './config/rules.ts'
import { guarded, guardedMailServer, mailbox, mailServer, notInProduction, origins } from './config/rules.ts'
import { outsideProduction, standIn, twilio, url } from './config/rules.ts'

interface Variable {
  readonly about: string
  readonly rule: Joi.Schema
}

/** Every environment variable: what it is for, and its rule. `.env.example` is printed from it. */
export const variables = {
  NODE_ENV: {
    about: 'production, development or test. Whoever says nothing gets the strict one.',
    rule: Joi.valid('production', 'development', 'test').default('production'),
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
    rule: origins('http', 'https')
      .when(...inProduction(origins('https')))
      .default(''),
  },
  APP_URL: {
    about: 'Where the app is, which links in mails lead to: https://app.example. Production must say.',
    rule: url('http', 'https')
      .default('http://localhost:5173')
      .when(...inProduction(url('https').required())),
  },
  TRUSTED_HOPS: {
    about: 'How many proxies in front add to X-Forwarded-For: 1 on Heroku and Cloud Run. Production must say.',
    rule: integer(0, 5)
      .default(0)
      .when(...inProduction(Joi.required())),
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
  DATABASE_POOL: {
    about: 'Connections of one process for commands; it has four more, three to read the log and one for its relay.',
    rule: integer(2, 100).default(10),
  },
  REDIS_URL: {
    about: 'Redis 7 with noeviction; in production with a password, and best as rediss://.',
    rule: url('redis', 'rediss')
      .when(...inProduction(guarded))
      .required(),
  },
  REDIS_PREFIX: {
    about: 'What every name in Redis begins with.',
    rule: must('up to 40 of a-z, 0-9, _ and -', value => /^[a-z0-9_-]{1,40}$/.test(value)).default('kith'),
  },
  GOOGLE_CLOUD_PROJECT: { about: 'The project of the bucket and of Firebase.', rule: Joi.string().required() },
  GOOGLE_APPLICATION_CREDENTIALS: {
    about:
      'The file of the service account that signs links, pushes and looks up who signs in; not needed where Google runs the server.',
    rule: Joi.string(),
  },
  STORAGE_BUCKET: {
    about: 'The bucket for originals and renditions; never public.',
    rule: must('the bare name of a bucket', value => /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(value)).required(),
  },
  STORAGE_ENDPOINT: { about: 'A storage server other than Google’s, for local starts.', rule: standIn },
  MEDIA_URL: {
    about:
      'Where clients fetch photos, videos and sounds: a host of its own, of another site than the app, that leads to the web processes, or ' +
      'to Cloud CDN. Nothing for the address they are connected to; production must say.',
    rule: url('http', 'https').when(...inProduction(url('https').required())),
  },
  MEDIA_KEYS: {
    about: 'Keys that sign links to media, as far as the web processes serve them: id:base64,id:base64.',
    rule: keyRing.required(),
  },
  MEDIA_CDN_KEY: {
    about: 'The key that Cloud CDN in front of the bucket knows, name:key as it was made; then MEDIA_URL is the CDN.',
    rule: must('name:key, the key 16 bytes in base64url', value => cdnKey.test(value)),
  },
  FIREBASE_ENDPOINT: { about: 'A server for push and ID tokens other than Google’s, for local starts.', rule: standIn },
  TWILIO_ACCOUNT_SID: {
    about: 'Twilio account for text messages.',
    rule: twilio(
      must('AC and 32 hexadecimal digits', value => /^AC[0-9a-f]{32}$/.test(value)),
      `AC${'0'.repeat(32)}`,
    ),
  },
  TWILIO_AUTH_TOKEN: { about: 'Its token.', rule: twilio(Joi.string(), 'local') },
  TWILIO_FROM: { about: 'The number messages come from.', rule: twilio(Joi.string(), '+15005550006') },
  SMS_COUNTRIES: {
    about: 'The countries that texts are sent to, by their ISO codes: DE,AT,CH. * for all; production must say.',
    rule: must(
      'ISO codes of countries, or *',
      value => value === '*' || listOf(value).every(code => /^[A-Z]{2}$/.test(code)),
    )
      .default('*')
      .when(...inProduction(Joi.required())),
  },
  SMS_DAILY_MAX: {
    about: 'Texts in a day, half of it to one country; what is beyond is withheld.',
    rule: integer(1, 100_000_000).default(10_000),
  },
  SMS_ENDPOINT: { about: 'A text message server other than Twilio’s, for local starts.', rule: standIn },
  MAIL_URL: {
    about: 'The SMTP server that takes mail; in production smtps://, or smtp:// with a password, sent after STARTTLS.',
    rule: mailServer.when(...inProduction(guardedMailServer)).required(),
  },
  MAIL_FROM: { about: 'Whom mail is from: Kith <hello@kith.example>.', rule: mailbox.required() },
  ACCESS_TOKEN_KEYS: { about: 'Keys that sign access tokens: id:base64,id:base64.', rule: keyRing.required() },
  SEAL_KEYS: {
    about: 'Keys that encrypt phone numbers and e-mail addresses at rest: id:base64,id:base64.',
    rule: keyRing.required(),
  },
  INDEX_KEYS: {
    about: 'Keys of the blind index that finds phone numbers and e-mail addresses: id:base64,id:base64.',
    rule: keyRing.required(),
  },
  CODE_KEY: { about: 'Key that sign-in codes are derived with.', rule: key.required() },
  REFRESH_KEY: { about: 'Key that successors of refresh tokens are derived with.', rule: key.required() },
  PASSWORD_KEYS: {
    about: 'Keys that passwords are hashed with: id:base64,id:base64. Keep each as long as a hash was made with it.',
    rule: keyRing.required(),
  },
  PASSWORD_COST: {
    about: 'How slow it is to hash a password: one more takes twice as long.',
    rule: integer(4, 15)
      .default(12)
      .when(...inProduction(integer(12, 15))),
  },
  ACCESS_TOKEN_SECONDS: {
    about: 'How long an access token is good; the client renews it by itself.',
    rule: integer(5, 3600).default(600),
  },
  PRESENCE_GRACE_SECONDS: {
    about: 'How long a person may be gone before their friends are told; longer than a deploy or a tunnel takes.',
    rule: integer(1, 300).default(15),
  },
  DRAIN_SECONDS: {
    about:
      'How long a process that is told to stop sends its sockets away: 7 on Cloud Run, 25 on Heroku. It ends within 2 s more.',
    rule: integer(0, 300)
      .default(7)
      .when(...outsideProduction(Joi.number().default(0))),
  },
  SOCKET_SECONDS: {
    about: 'The greatest age of a socket, after which its client is asked to come back; 0 for none. 3480 on Cloud Run.',
    rule: integer(0, 86_400).default(0),
  },
  SOCKETS_MAX: {
    about: 'Connections of one process; beyond that it answers 503.',
    rule: integer(1, 1_000_000).default(10_000),
  },
  ADDRESS_SOCKETS_MAX: {
    about: 'Connections of one network address to one process. Raise it where carriers put thousands behind one.',
    rule: integer(1, 1_000_000).default(300),
  },
  LIMIT_SCALE: {
    about: 'Multiplies every limit and cap, for tests of load from one machine.',
    rule: notInProduction(integer(1, 1_000_000)).default(1),
  },
  IMAGE_JOBS: { about: 'Photos a worker renders at once; one for each core.', rule: integer(1, 32).default(1) },
  FFMPEG_BIN: { about: 'The ffmpeg that videos and sounds are made with.', rule: Joi.string().default('ffmpeg') },
  FFPROBE_BIN: { about: 'The ffprobe they are looked at with.', rule: Joi.string().default('ffprobe') },
  KITH_FOLDER: { about: 'Where `npm start` keeps its data.', rule: Joi.string().default('.kith') },
  REDIS_SERVER_BIN: { about: 'The redis-server that `npm start` runs.', rule: Joi.string() },
} as const satisfies Record<string, Variable>

type Name = keyof typeof variables
type Numeric =
  | 'PORT'
  | 'INTERNAL_PORT'
  | 'TRUSTED_HOPS'
  | 'DATABASE_POOL'
  | 'PASSWORD_COST'
  | 'ACCESS_TOKEN_SECONDS'
  | 'PRESENCE_GRACE_SECONDS'
  | 'DRAIN_SECONDS'
  | 'SOCKET_SECONDS'
  | 'SOCKETS_MAX'
  | 'ADDRESS_SOCKETS_MAX'
  | 'LIMIT_SCALE'
  | 'IMAGE_JOBS'
  | 'SMS_DAILY_MAX'
type Optional = 'MEDIA_URL' | 'MEDIA_CDN_KEY' | 'STORAGE_ENDPOINT' | 'FIREBASE_ENDPOINT' | 'SMS_ENDPOINT'
type Values = {
  readonly [K in Name]: K extends Numeric ? number : K extends Optional ? string | undefined : string
}
const rules = Object.fromEntries(Object.entries(variables).map(([name, { rule }]) => [name, rule])) as Record<
  Name,
  Joi.Schema
>

export type Config = ReturnType<typeof readConfig>

/** Reads the environment once. Throws one error that names every mistake, without values. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const value = read(env, rules) as Values
  return Object.freeze({
    production: value.NODE_ENV === 'production',
    appUrl: value.APP_URL,
    logLevel: value.LOG_LEVEL,
    web: {
      port: value.PORT,
      host: value.HOST,
      origins: listOf(value.PUBLIC_ORIGINS),
      trustedHops: value.TRUSTED_HOPS,
    },
    internal: { port: value.INTERNAL_PORT, host: value.INTERNAL_HOST },
    database: { url: value.DATABASE_URL, pool: value.DATABASE_POOL },
    redis: { url: value.REDIS_URL, prefix: value.REDIS_PREFIX },
    storage: { bucket: value.STORAGE_BUCKET, endpoint: value.STORAGE_ENDPOINT },
    media: {
      url: value.MEDIA_URL?.replace(/\/$/, '') ?? '',
      ...ringOf(value.MEDIA_KEYS),
      cdn: value.MEDIA_CDN_KEY ? cdnKeyOf(value.MEDIA_CDN_KEY) : null,
    },
    recordings: { ffmpeg: value.FFMPEG_BIN, ffprobe: value.FFPROBE_BIN, path: env.PATH ?? '' },
    firebase: { endpoint: value.FIREBASE_ENDPOINT },
    project: value.GOOGLE_CLOUD_PROJECT,
    sms: {
      accountSid: value.TWILIO_ACCOUNT_SID,
      authToken: value.TWILIO_AUTH_TOKEN,
      from: value.TWILIO_FROM,
      countries: value.SMS_COUNTRIES === '*' ? [] : listOf(value.SMS_COUNTRIES),
      dailyMax: value.SMS_DAILY_MAX,
      endpoint: value.SMS_ENDPOINT,
    },
    mail: { url: value.MAIL_URL, from: value.MAIL_FROM },
    keys: {
      access: ringOf(value.ACCESS_TOKEN_KEYS),
      seal: ringOf(value.SEAL_KEYS),
      index: ringOf(value.INDEX_KEYS),
      code: bytesOf(value.CODE_KEY),
      refresh: bytesOf(value.REFRESH_KEY),
      passwords: ringOf(value.PASSWORD_KEYS),
    },
    passwordCost: value.PASSWORD_COST,
    accessTokenSeconds: value.ACCESS_TOKEN_SECONDS,
    presenceGraceSeconds: value.PRESENCE_GRACE_SECONDS,
    drainSeconds: value.DRAIN_SECONDS,
    sockets: { max: value.SOCKETS_MAX, perAddress: value.ADDRESS_SOCKETS_MAX, seconds: value.SOCKET_SECONDS },
    limitScale: value.LIMIT_SCALE,
    imageJobs: value.IMAGE_JOBS,
  })
}

/** What `npm start` needs to know before there is a whole environment. Local starts are for laptops only. */
export function readStartConfig(env: NodeJS.ProcessEnv = process.env) {
  const mode = env.NODE_ENV?.trim() || 'development'
  if (mode === 'production') throw new Error('In production start src/main/web.ts and src/main/worker.ts instead')
  const { KITH_FOLDER, PORT } = rules
  const value = read(env, { KITH_FOLDER, PORT }) as Pick<Values, 'KITH_FOLDER' | 'PORT'>
  return { given: { ...env, NODE_ENV: mode }, folder: value.KITH_FOLDER, port: value.PORT }
}

/** What `npm run release` needs: the owner to migrate as, and the role the server will run as. */
export function readReleaseConfig(env: NodeJS.ProcessEnv = process.env): { ownerUrl: string; appUrl: string } {
  const { DATABASE_OWNER_URL, DATABASE_URL } = rules
  const needed = { DATABASE_OWNER_URL: DATABASE_OWNER_URL.required(), DATABASE_URL }
  const value = read(env, needed) as Pick<Values, keyof typeof needed>
  return { ownerUrl: value.DATABASE_OWNER_URL, appUrl: value.DATABASE_URL }
}

/** What `npm run parked` needs: the database, as the role the server runs as. */
export function readDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  const { DATABASE_URL } = rules
  return (read(env, { DATABASE_URL }) as Pick<Values, 'DATABASE_URL'>).DATABASE_URL
}

const cdnKey = /^([\w-]{1,63}):([\w-]{22}(?:==)?)$/
function cdnKeyOf(text: string) {
  const [, keyName = '', key = ''] = cdnKey.exec(text) ?? []
  return { keyName, key: Buffer.from(key, 'base64url') }
}

/** A ring of keys by id; new things are made with the first. */
function ringOf(text: string) {
  const pairs = listOf(text).map(pair => [pair.replace(/:.*$/, ''), bytesOf(pair.replace(/^.*:/, ''))] as const)
  return { keys: Object.fromEntries(pairs), activeKid: pairs[0]?.[0] ?? '', inOrder: pairs }
}
