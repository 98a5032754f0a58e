import { randomBytes } from 'node:crypto'
import test from 'ava'
import { readConfig, readReleaseConfig, readStartConfig, variables } from '../src/main/config.ts'
import { complaints, key, needed, production } from './support/production.ts'

test('a whole production environment is taken', t => {
  t.deepEqual(complaints({}), [])
})

test('an empty environment is taken for production, and every missing variable is named at once', t => {
  const { message } = t.throws(() => readConfig({}))
  const named = [...message.matchAll(/^ {2}(\w+) is missing$/gm)].map(([, name]) => name)
  t.deepEqual(
    needed.filter(name => !named.includes(name)),
    [],
  )
  t.is(message.split('\n').length, needed.length + 1)
})

for (const name of needed) {
  test(`production does not start without ${name}, nor with nothing but space in it`, t => {
    t.deepEqual(complaints({ [name]: undefined }), [`${name} is missing`])
    t.deepEqual(complaints({ [name]: '' }), [`${name} is missing`])
    t.deepEqual(complaints({ [name]: ' \n' }), [`${name} is missing`])
  })
}

const malformed: Readonly<Record<string, readonly string[]>> = {
  NODE_ENV: ['prod', 'Production'],
  PORT: ['http', '70000', '-1', '3000.5', '0x50'],
  INTERNAL_PORT: ['70000'],
  TRUSTED_HOPS: ['many', '6', '-1', '0.5'],
  LOG_LEVEL: ['trace', 'INFO'],
  DATABASE_URL: ['db.example', 'postgres:kith', 'http://db.example/kith', 'postgres:///kith', 'postgres://u:p@/kith'],
  DATABASE_OWNER_URL: ['mysql://db.example/kith'],
  DATABASE_POOL: ['1', '101', '2.5', 'ten', '1e9'],
  REDIS_URL: ['redis.example:6379', 'redis:x', 'http://:long-password@redis.example'],
  REDIS_PREFIX: ['a:b', 'a b', '{a}', 'a'.repeat(41)],
  STORAGE_BUCKET: ['gs://kith-media', 'kith media', 'https://storage.googleapis.com/kith-media'],
  TWILIO_ACCOUNT_SID: ['AC12', `SK${'0'.repeat(32)}`],
  IMAGE_JOBS: ['0', '33'],
  PUBLIC_ORIGINS: [
    '*',
    'null',
    'kith.example',
    'http://kith.example',
    'https://*.kith.example',
    'https://kith.example/',
    'https://kith.example:443',
    'https://Kith.example',
    'https://kith.example, https://kith.example/app',
  ],
  CODE_KEY: [
    'short',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('base64'),
    randomBytes(32).toString('hex'),
  ],
  APP_URL: ['app.example', 'ftp://app.example', 'http://app.example'],
  SMS_COUNTRIES: ['Germany', 'de', 'DE,at', 'DE;AT', '**'],
  SEAL_KEYS: [key(), `s1:${key()}:x`, `S1:${key()}`, `s1:${key()},s1:${key()}`, `s1:${key()},s2`, `:${key()}`],
}

for (const [name, values] of Object.entries(malformed)) {
  test(`a malformed ${name} is refused in one line that names it`, t => {
    for (const value of values) {
      const lines = complaints({ [name]: value })
      t.is(lines.length, 1, `${value}: ${lines.join('; ')}`)
      t.true(lines[0]?.startsWith(`${name} must be `), lines[0])
    }
  })
}

const weak = {
  'of zeros': Buffer.alloc(32),
  'of one byte over and over': Buffer.alloc(32, 0xa7),
  'of a few bytes over and over': Buffer.alloc(32, randomBytes(8)),
  'that somebody typed': Buffer.from('correct horse battery staple 123'),
  'that counts up': Buffer.from(Array.from({ length: 32 }, (_, i) => i)),
}

for (const [what, bytes] of Object.entries(weak)) {
  test(`a key ${what} is refused, alone and in a ring`, t => {
    const text = bytes.toString('base64')
    t.deepEqual(complaints({ CODE_KEY: text }), ['CODE_KEY must be 32 random bytes in base64'])
    t.regex(complaints({ SEAL_KEYS: `s1:${text}` }).join('\n'), /^SEAL_KEYS must be .* random/)
    t.regex(complaints({ SEAL_KEYS: `s2:${key()},s1:${text}` }).join('\n'), /^SEAL_KEYS must be .* random/)
  })
}

test('random keys are never taken for weak ones', t => {
  for (let i = 0; i < 2000; i++) t.deepEqual(complaints({ CODE_KEY: key() }), [])
})

test('one key for two purposes is refused, also when one of them is in a ring', t => {
  t.deepEqual(complaints({ CODE_KEY: production.INDEX_KEYS.slice(3) }), [
    'INDEX_KEYS and CODE_KEY must not share a key',
  ])
  t.deepEqual(complaints({ ACCESS_TOKEN_KEYS: `a1:${key()},a0:${production.REFRESH_KEY}` }), [
    'ACCESS_TOKEN_KEYS and REFRESH_KEY must not share a key',
  ])
})

test('one key under two ids of a ring is refused', t => {
  const same = key()
  t.deepEqual(complaints({ SEAL_KEYS: `s1:${same},s2:${same}` }), ['SEAL_KEYS must not share a key'])
})

test('mistakes of every kind are told together, one line for each variable', t => {
  const lines = complaints({
    PORT: 'x',
    INDEX_KEYS: 'x',
    CODE_KEY: undefined,
    SMS_ENDPOINT: 'http://127.0.0.1:1',
    REDIS_URL: 'redis://redis.example',
    REFRESH_KEY: production.SEAL_KEYS.slice(3),
  })
  t.is(lines.length, 6)
  for (const name of ['PORT', 'INDEX_KEYS', 'CODE_KEY', 'SMS_ENDPOINT', 'REDIS_URL', 'REFRESH_KEY'])
    t.true(
      lines.some(line => line.includes(name)),
      name,
    )
})

for (const name of ['STORAGE_ENDPOINT', 'FIREBASE_ENDPOINT', 'SMS_ENDPOINT']) {
  test(`production refuses a stand-in at ${name}, and still asks for everything else`, t => {
    t.deepEqual(complaints({ [name]: 'http://127.0.0.1:9' }), [`${name} must not be set in production`])
    t.true(complaints({ [name]: 'http://127.0.0.1:9', TWILIO_FROM: '' }).includes('TWILIO_FROM is missing'))
  })
}

for (const name of ['STORAGE_EMULATOR_HOST', 'FIREBASE_AUTH_EMULATOR_HOST', 'NODE_TLS_REJECT_UNAUTHORIZED']) {
  test(`production refuses ${name}, which a library would obey`, t => {
    t.deepEqual(complaints({ [name]: '0' }), [`${name} must not be set in production`])
  })
}

test('production refuses a Redis that anyone may speak to, whether or not it is encrypted', t => {
  for (const open of [
    'redis://redis.example',
    'rediss://redis.example',
    'redis://default@redis.example:6379/1',
    'redis://:@redis.example',
  ])
    t.deepEqual(complaints({ REDIS_URL: open }), ['REDIS_URL must be a URL with a password in production'])
  for (const url of [
    'rediss://:secret@redis.example',
    'redis://:secret@redis.example',
    'redis://kith:secret@redis.example:6379/1',
  ])
    t.deepEqual(complaints({ REDIS_URL: url }), [])
})

test('no message repeats a value, however it is spelled', t => {
  const canary = 'CANARY'
  const spellings = [
    canary,
    `${canary} fails`,
    `${canary}\n${canary} fails to match`,
    `{{${canary}}}`,
    `postgres:${canary}`,
  ]
  for (const name of Object.keys(variables))
    for (const value of spellings) t.notRegex(complaints({ [name]: value }).join('\n'), /CANARY/, name)
  t.notRegex(complaints(Object.fromEntries(Object.keys(variables).map(name => [name, canary]))).join('\n'), /CANARY/)
})

test('a good secret is not repeated when something else is wrong', t => {
  const said = complaints({ PORT: 'x', CODE_KEY: production.INDEX_KEYS.slice(3) }).join('\n')
  const secrets = Object.values(production).filter(value => value.length > 30)
  t.true(secrets.length >= 8)
  for (const value of secrets) t.false(said.includes(value))
})

test('space and line ends around a value are no part of it', t => {
  const config = readConfig({ ...production, CODE_KEY: `${production.CODE_KEY}\n`, STORAGE_BUCKET: ' kith-media ' })
  t.deepEqual(config.keys.code, Buffer.from(production.CODE_KEY, 'base64'))
  t.is(config.storage.bucket, 'kith-media')
})

test('numbers arrive as numbers', t => {
  const numbers = { PORT: '8080', INTERNAL_PORT: '0', TRUSTED_HOPS: '2', DATABASE_POOL: '20', IMAGE_JOBS: '4' }
  const { web, internal, database, imageJobs } = readConfig({ ...production, ...numbers })
  t.deepEqual([web.port, internal.port, web.trustedHops, database.pool, imageJobs], [8080, 0, 2, 20, 4])
})

test('what is not said has a default: port 3000, and metrics for this machine only', t => {
  const { web, internal, logLevel } = readConfig(production)
  t.like(web, { port: 3000, host: '0.0.0.0', origins: [] })
  t.deepEqual(internal, { port: 9100, host: '127.0.0.1' })
  t.is(logLevel, 'info')
})

test('origins arrive as a list', t => {
  const { web } = readConfig({ ...production, PUBLIC_ORIGINS: 'https://kith.example, https://app.kith.example:8443' })
  t.deepEqual(web.origins, ['https://kith.example', 'https://app.kith.example:8443'])
})

test('a ring arrives as keys by id, of which the first is used', t => {
  const [, second = ''] = production.ACCESS_TOKEN_KEYS.split(',')
  const { access } = readConfig(production).keys
  t.is(access.activeKid, 'a2')
  t.deepEqual(Object.keys(access.keys), ['a2', 'a1'])
  t.deepEqual(access.keys.a1, Buffer.from(second.slice(3), 'base64'))
})

test('the first key of a ring is used even where its id is a number', t => {
  const ring = `9:${key()},1:${key()}`
  t.is(readConfig({ ...production, SEAL_KEYS: ring }).keys.seal.activeKid, '9')
})

test('the owner of the database is no part of what a server knows', t => {
  const config = readConfig({ ...production, DATABASE_OWNER_URL: 'postgres://owner:CANARY@db.example/kith' })
  t.notRegex(JSON.stringify(config), /CANARY/)
})

test('outside production the stand-ins are taken, Redis may be open, and Twilio need not be there', t => {
  const config = readConfig({
    ...production,
    NODE_ENV: 'development',
    TRUSTED_HOPS: undefined,
    TWILIO_ACCOUNT_SID: undefined,
    TWILIO_AUTH_TOKEN: undefined,
    TWILIO_FROM: undefined,
    REDIS_URL: 'redis://127.0.0.1:6379',
    PUBLIC_ORIGINS: 'http://localhost:5173',
    STORAGE_ENDPOINT: 'http://127.0.0.1:9001',
    SMS_ENDPOINT: 'http://127.0.0.1:9002',
  })
  t.false(config.production)
  t.like(config.sms, { endpoint: 'http://127.0.0.1:9002', authToken: 'local' })
  t.regex(config.sms.accountSid, /^AC0{32}$/)
  t.is(config.web.trustedHops, 0)
})

test('outside production Twilio is asked for where no inbox takes its place', t => {
  t.deepEqual(complaints({ NODE_ENV: 'test', TWILIO_FROM: '' }), ['TWILIO_FROM is missing'])
})

test('a local start refuses production and takes silence for development', t => {
  t.throws(() => readStartConfig({ NODE_ENV: 'production' }), { message: /src\/main\/web\.ts/ })
  t.throws(() => readStartConfig({ NODE_ENV: 'production\n' }), { message: /src\/main\/web\.ts/ })
  t.deepEqual(readStartConfig({ NODE_ENV: '' }), { given: { NODE_ENV: 'development' }, folder: '.kith', port: 3000 })
  t.is(readStartConfig({ NODE_ENV: 'test' }).given.NODE_ENV, 'test')
})

test('a local start reads its port as a number and refuses what is none', t => {
  t.is(readStartConfig({ PORT: '0' }).port, 0)
  t.throws(() => readStartConfig({ PORT: 'abc' }), { message: /PORT must be a number/ })
})

test('a release needs the two databases and nothing else', t => {
  const [ownerUrl, appUrl] = ['postgres://owner:p@db.example/kith', 'postgres://kith_app:p@db.example/kith']
  t.deepEqual(readReleaseConfig({ DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: appUrl }), { ownerUrl, appUrl })
  t.deepEqual(
    readReleaseConfig({ NODE_ENV: 'production', DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: appUrl }).ownerUrl,
    ownerUrl,
  )
})

test('a release names what it lacks, and does not repeat what is malformed', t => {
  t.throws(() => readReleaseConfig({}), { message: /DATABASE_OWNER_URL is missing\n {2}DATABASE_URL is missing/ })
  const { message } = t.throws(() => readReleaseConfig({ DATABASE_OWNER_URL: 'CANARY', DATABASE_URL: 'CANARY' }))
  t.notRegex(message, /CANARY/)
})
