import { assertKeysKnown } from '../domains/identity/rekey.ts'
import { googleBlobs } from '../infra/blobs/index.ts'
import { connectDb } from '../infra/db/connect.ts'
import { explainDbError } from '../infra/db/errors.ts'
import { openFirebase } from '../infra/firebase/app.ts'
import { firebaseIdentities } from '../infra/firebase/identities.ts'
import { firebasePush } from '../infra/firebase/push.ts'
import { sandboxedImages } from '../infra/images/index.ts'
import { createPublish } from '../infra/log/ephemeral.ts'
import { logKeys } from '../infra/log/keys.ts'
import { measureLog } from '../infra/log/measure.ts'
import { doorbell } from '../infra/log/outbox.ts'
import { startRelay } from '../infra/log/relay.ts'
import { cdnLinks, kithLinks } from '../infra/media/links.ts'
import { smtpMail } from '../infra/mail/index.ts'
import { bcryptPasswords } from '../infra/passwords/index.ts'
import { redisPresence } from '../infra/presence/leases.ts'
import { openRecordings } from '../infra/recordings/index.ts'
import { connectRedis, subscribeRedis } from '../infra/redis/connect.ts'
import { createLimits, createPace } from '../infra/redis/limits.ts'
import { withinBudget } from '../infra/sms/budget.ts'
import { twilioSms } from '../infra/sms/index.ts'
import { createLog } from '../infra/telemetry/log.ts'
import { createMetrics } from '../infra/telemetry/metrics.ts'
import { accessTokens } from '../infra/tokens.ts'
import { registry, type App } from '../kernel/app.ts'
import { appLinks } from '../infra/links.ts'
import { openHistory } from '../infra/log/history.ts'
import { assertDeployable } from '../infra/db/role.ts'
import { scopes } from '../infra/db/scope.ts'
import type { Config } from './config.ts'
import { slices } from './domains.ts'
import { vaultOf } from './vault.ts'

/** What every process is built of, in order; closed in the reverse of it. */
export async function buildApp(config: Config, role: 'web' | 'worker') {
  await using stack = new AsyncDisposableStack()
  const logger = createLog({ level: config.logLevel, name: `kith-${role}` })
  const metrics = createMetrics(role)

  const images = stack.use(sandboxedImages())
  const recordings = stack.use(await openRecordings(config.recordings))
  if (!recordings.able) logger.info(config.recordings, 'no ffmpeg that can make videos and sounds: they are refused')

  const db = connectDb({ url: config.database.url, poolSize: config.database.pool, name: `kith-${role}`, logger })
  stack.defer(() => db.destroy())
  if (config.production) await assertFit(db, config)

  const redis = connectRedis(config.redis.url, logger, `kith-${role}`)
  stack.defer(() => redis.disconnect())
  const sub = subscribeRedis(config.redis.url, logger, `kith-${role}-sub`)
  stack.defer(() => sub.disconnect())

  const firebase = openFirebase({ project: config.project, ...defined({ endpoint: config.firebase.endpoint }) })
  stack.defer(() => firebase.close())

  const passwords = bcryptPasswords({ ...config.keys.passwords, cost: config.passwordCost })
  stack.defer(() => passwords.close())

  const { cdn, url: base, ...mediaKeys } = config.media
  const ownLinks = kithLinks({ base, ...mediaKeys })
  const mediaLinks = cdn ? cdnLinks({ base, ...cdn }) : ownLinks

  const secrets = vaultOf(config)
  const keys = logKeys(config.redis.prefix)
  const relay = startRelay({ url: config.database.url, redis, bell: sub, keys, logger, observe: metrics.relayed })
  stack.use(relay)
  metrics.gauge('kith_relay_leading', 'Whether the relay of this process leads.', () => Number(relay.leads()))
  const bell = doorbell(redis, keys)
  const veil = (key: string) => secrets.proof(`limit ${key}`) // of no ring: what was counted counts while one is changed
  const { spend, giveBack } = createLimits(redis, config.redis.prefix, config.limitScale, veil)
  const app: App = {
    ...registry(slices),
    db,
    logger,
    checkAcks: !config.production,
    clock: () => new Date(),
    ...scopes(db),
    ring: () => (relay.leads() ? relay.wake() : bell()),
    publish: createPublish(redis, keys),
    spend,
    explain: explainDbError,
    observe: metrics.command,
    ports: {
      blobs: googleBlobs({
        bucket: config.storage.bucket,
        project: config.project,
        ...defined({ endpoint: config.storage.endpoint }),
      }),
      images,
      recordings,
      mediaLinks,
      push: firebasePush(firebase),
      identities: firebaseIdentities(firebase),
      sms: withinBudget(twilioSms({ ...config.sms, ...defined({ endpoint: config.sms.endpoint }) }), {
        dailyMax: config.sms.dailyMax,
        spend: claims => spend(claims, 'refuse'),
        giveBack,
        onWithheld: metrics.withheld,
      }),
      mail: smtpMail({ ...config.mail, requireTls: config.production }),
      links: appLinks(config.appUrl),
      passwords,
      vault: secrets,
      tokens: accessTokens({
        ...config.keys.access,
        issuer: 'kith',
        audience: 'kith',
        ttlSeconds: config.accessTokenSeconds,
      }),
      presence: redisPresence(redis, config.redis.prefix),
      pace: createPace(spend, createLimits(redis, config.redis.prefix, 1, veil).spend),
    },
  }

  // Connections of its own, so that delivery never waits for commands, nor for those who wait for delivery.
  const reader = connectDb({ url: config.database.url, poolSize: 3, name: `kith-${role}-log`, logger })
  stack.defer(() => reader.destroy())
  const history = openHistory(reader, redis, keys)
  const log = measureLog(metrics, reader)
  const checks = async () => ({
    database: await isReachable(history.head()),
    redis: await isReachable(redis.ping()),
  })
  const parts = stack.move()
  return {
    app,
    ownLinks,
    recordings,
    metrics,
    redis,
    sub,
    keys,
    history,
    log,
    relay,
    checks,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** Throws when the database is not what this configuration is for. */
async function assertFit(db: App['db'], { keys: { seal, index } }: Config): Promise<void> {
  await assertDeployable(db)
  await assertKeysKnown(db, { seal: Object.keys(seal.keys), index: index.inOrder.map(([kid]) => kid) })
}

const isReachable = (asking: Promise<unknown>) =>
  asking.then(
    () => true,
    () => false,
  )

/** Leaves out what is undefined. */
const defined = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>
  }
