import { readFileSync } from 'node:fs'
import test from 'ava'
import { imports, inside, rule, sources } from './support/rules.ts'

interface Place {
  /** Where it runs. */
  readonly runs: readonly string[]
  /** Where its types may be named as well. */
  readonly types?: readonly string[]
}

/** Each library is wrapped in one place. Where there are more, the reason stands beside it. */
const LIBRARIES: Readonly<Record<string, Place>> = {
  '@google-cloud/storage': { runs: ['src/infra/blobs'] },
  '@koa/bodyparser': { runs: ['src/infra/http'] },
  '@koa/cors': { runs: ['src/infra/http'] },
  '@koa/router': { runs: ['src/infra/http'] },
  '@socket.io/redis-adapter': { runs: ['src/infra/socket'] },
  bcrypt: { runs: ['src/infra/passwords/hasher.ts'] },
  bull: { runs: ['src/infra/queues'] },
  'firebase-admin': { runs: ['src/infra/firebase'] },
  'fxa-common-password-list': { runs: ['src/infra/passwords/common-passwords.ts'] },
  'heic-decode': { runs: ['src/infra/images/heic.ts'] },
  // Bull takes connections made to its own rules.
  ioredis: { runs: ['src/infra/redis', 'src/infra/queues'], types: ['src/infra'] },
  joi: { runs: ['src/kernel/shape.ts', 'src/main/config.ts', 'src/main/config'], types: ['src/main/contract'] },
  jose: { runs: ['src/infra/tokens.ts'] },
  knex: { runs: ['src/infra/db'], types: ['src/kernel', 'src/infra', 'src/domains'] },
  koa: { runs: ['src/infra/http'] },
  'koa-helmet': { runs: ['src/infra/http'] },
  'libphonenumber-js': { runs: ['src/domains/accounts/contact.ts'] },
  nodemailer: { runs: ['src/infra/mail'] },
  'notepack.io': { runs: ['src/infra/log/entry.ts'] },
  // Rows are Objection's, and so slices name its relations and errors.
  objection: { runs: ['src/kernel/model.ts', 'src/domains', 'src/infra/db'] },
  // The relay holds a lock on a connection of its own; the stand-ins make databases.
  pg: { runs: ['src/infra/db', 'src/infra/log/relay.ts', 'src/local'] },
  pino: { runs: ['src/infra/telemetry'] },
  'postal-mime': { runs: ['src/local/mail.ts'] },
  'prom-client': { runs: ['src/infra/telemetry'], types: ['src/infra/http'] },
  'rate-limiter-flexible': { runs: ['src/infra/redis'] },
  sharp: { runs: ['src/infra/images'] },
  'smtp-server': { runs: ['src/local/mail.ts'] },
  'socket.io': { runs: ['src/infra/socket'] },
  'socket.io-client': { runs: ['client'] },
  'the-big-username-blacklist': { runs: ['src/domains/profiles/reserved.ts'] },
  thumbhash: { runs: ['src/infra/images'] },
  twilio: { runs: ['src/infra/sms'] },
}

const isLibrary = (target: string) => !target.includes('.ts') && !target.startsWith('node:')

rule(
  'a library is imported where it is wrapped, and nowhere else',
  imports('', (target, file, typeOnly) => {
    if (!inside(file, ['src', 'client']) || !isLibrary(target)) return false
    const { runs, types = [] } = LIBRARIES[target] ?? { runs: [] }
    return !inside(file, typeOnly ? [...runs, ...types] : runs)
  }),
  { 'src/infra/http/a.ts': `import { Server } from 'socket.io'` },
  { 'src/domains/posts/a.ts': `import Joi from 'joi'` },
  { 'src/domains/posts/a.ts': `import { type Knex } from 'knex'` },
  { 'src/main/a.ts': `import type { Redis } from 'ioredis'` },
  { 'src/kernel/a.ts': `export { getMessaging } from 'firebase-admin/messaging'` },
  { 'src/kernel/a.ts': `const { default: twilio } = await import('twilio')` },
  { 'client/a.ts': `import left from 'left-pad'` },
)

test('every library this package depends on has its place, and every place is used', t => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
  // The client brings its own, and no server has stand-ins.
  const server = Object.entries(LIBRARIES).filter(
    ([, { runs }]) => !runs.every(at => inside(at, ['client', 'src/local'])),
  )
  t.deepEqual(Object.keys(manifest.dependencies).toSorted(), server.map(([name]) => name).toSorted())
  for (const [name, { runs, types = [] }] of Object.entries(LIBRARIES))
    for (const place of [...runs, ...types])
      t.true(
        sources.some(({ file, imports }) => inside(file, [place]) && imports.some(({ target }) => target === name)),
        `${place} does not import ${name}`,
      )
})
