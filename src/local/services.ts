import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { inOneLine, parseJson, readIfPresent, writeAtomically } from './files.ts'
import { startFirebase } from './firebase.ts'
import { lockFolder, type FolderLock } from './folder-lock.ts'
import { startInbox, type InboxMessage } from './inbox.ts'
import { createJournal, type Journal } from './journal.ts'
import { startMail } from './mail.ts'
import { canReach, isOurs, postgresAccount } from './postgres-binaries.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { makeServiceAccount, startStorage } from './storage/server.ts'

export interface LocalServicesOptions {
  /** Everything is kept here between runs. Only one process at a time may use it. */
  readonly folder: string
  readonly want: Readonly<Record<ServiceName, boolean>>
  /** False trades safety in a power cut for speed: right for tests. */
  readonly durable?: boolean
  /** REDIS_SERVER_BIN. */
  readonly redisBinary?: string | undefined
  /** PATH, where Redis is looked for. */
  readonly path?: string | undefined
  /** Where Redis is unpacked if it is nowhere else; shared by all folders. */
  readonly cacheDir?: string
  readonly announce: (line: string) => void
}

export interface LocalServices {
  /** The settings that lead to what was started. */
  readonly env: Readonly<Record<string, string>>
  /** Stops everything in the reverse order; a second call waits for the first. */
  readonly stop: () => Promise<void>
}

export type ServiceName = 'database' | 'redis' | 'storage' | 'firebase' | 'sms' | 'mail'

interface Started {
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  readonly line: string
  readonly stop: () => Promise<void>
}

type Ports = Readonly<Partial<Record<ServiceName, number>>>
type Start = (options: LocalServicesOptions, port: number, received: Journal<InboxMessage>) => Promise<Started>

const PROJECT = 'kith-local'
const BUCKET = 'kith-local'

const SERVICES: Readonly<Record<ServiceName, { readonly title: string; readonly start: Start }>> = {
  database: { title: 'PostgreSQL', start: startDatabase },
  redis: { title: 'Redis', start: startLocalRedis },
  storage: { title: 'Storage', start: startLocalStorage },
  firebase: { title: 'Push', start: startPush },
  sms: { title: 'Inbox', start: startSms },
  mail: { title: 'Mail', start: startLocalMail },
}
const ORDER: readonly ServiceName[] = ['database', 'redis', 'storage', 'firebase', 'sms', 'mail']

/** Starts the wanted stand-ins side by side and announces each in one line; if one fails, none is left running. */
export async function startLocalServices(given: LocalServicesOptions): Promise<LocalServices> {
  const options = { ...given, folder: path.resolve(given.folder) }
  mkdirSync(options.folder, { recursive: true })
  const lock = await lockFolder(options.folder).catch((error: unknown) => {
    throw new Error(`Local services: cannot use ${options.folder}: ${inOneLine(error)}`, { cause: error })
  })
  const wanted = ORDER.filter(name => options.want[name])
  const ports = keptPorts(options.folder)
  const received = createJournal<InboxMessage>()
  const attempts = await Promise.allSettled(wanted.map(name => startOne(name, options, ports[name] ?? 0, received)))
  const started = attempts.flatMap(attempt => (attempt.status === 'fulfilled' ? [attempt.value] : []))

  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= stopAll(started, lock))

  const failed = attempts.find(attempt => attempt.status === 'rejected')
  if (failed) {
    await stop().catch(() => undefined)
    throw failed.reason
  }
  keepPorts(options.folder, { ...ports, ...Object.fromEntries(wanted.map((name, i) => [name, started[i]?.port])) })
  for (const { line } of started) options.announce(line)
  return { env: Object.fromEntries(started.flatMap(({ env }) => Object.entries(env))), stop }
}

async function startOne(name: ServiceName, ...given: Parameters<Start>): Promise<Started> {
  const { title, start } = SERVICES[name]
  try {
    return await start(...given)
  } catch (error) {
    throw new Error(`Local services: ${title} did not start: ${inOneLine(error)}`, { cause: error })
  }
}

async function stopAll(started: readonly Started[], lock: FolderLock): Promise<void> {
  const errors: unknown[] = []
  for (const service of started.toReversed()) await service.stop().catch((error: unknown) => errors.push(error))
  await lock.release()
  if (errors.length > 0) throw new AggregateError(errors, `Local services: ${errors.map(inOneLine).join('; ')}`)
}

async function startDatabase({ folder, durable = true }: LocalServicesOptions, port: number): Promise<Started> {
  const reachable = databaseFolder(folder)
  const dataDir = path.join(reachable, 'postgres')
  const postgres = await startPostgres({ dataDir, durable, port })
  const why = reachable === folder ? '' : ` (run as nobody, it cannot enter ${folder})`
  return {
    port: postgres.port,
    env: { DATABASE_OWNER_URL: postgres.ownerUrl },
    line: `PostgreSQL on 127.0.0.1:${postgres.port}, data in ${dataDir}${why}${reuse(postgres.reused)}`,
    stop: postgres.stop,
  }
}

/** The folder itself, or for root a stand-in that the account of PostgreSQL can enter. */
function databaseFolder(folder: string): string {
  if (canReach(postgresAccount(), folder)) return folder
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  const open = path.join(tmpdir(), `kith-${name}`)
  mkdirSync(open, { recursive: true, mode: 0o711 })
  if (!isOurs(open)) throw new Error(`${open} belongs to someone else; remove it or choose a folder outside ${folder}`)
  return open
}

async function startLocalRedis(options: LocalServicesOptions, port: number): Promise<Started> {
  const {
    folder,
    durable = true,
    redisBinary,
    path: searched,
    cacheDir = path.join(homedir(), '.cache/kith'),
  } = options
  const dataDir = path.join(folder, 'redis')
  const source = { ...(redisBinary && { binary: redisBinary }), ...(searched && { path: searched }), cacheDir }
  const redis = await startRedis({ dataDir, persistent: durable, port, ...source })
  return {
    port: redis.port,
    env: { REDIS_URL: redis.url },
    line: `Redis on 127.0.0.1:${redis.port}, data in ${dataDir}${reuse(redis.reused)}`,
    stop: redis.stop,
  }
}

async function startLocalStorage({ folder }: LocalServicesOptions, port: number): Promise<Started> {
  const dataDir = path.join(folder, 'storage')
  const serviceAccount = await makeServiceAccount(dataDir)
  const storage = await startStorage({ dataDir, serviceAccount, port })
  return {
    port: storage.port,
    env: {
      STORAGE_ENDPOINT: storage.url,
      STORAGE_BUCKET: BUCKET,
      GOOGLE_APPLICATION_CREDENTIALS: serviceAccount.file,
      GOOGLE_CLOUD_PROJECT: PROJECT,
    },
    line: `Storage (in place of Google Cloud Storage) at ${storage.url}, files in ${dataDir}`,
    stop: storage.stop,
  }
}

async function startPush(_options: LocalServicesOptions, port: number): Promise<Started> {
  const firebase = await startFirebase({ port })
  return {
    port: firebase.port,
    env: { FIREBASE_ENDPOINT: firebase.url },
    line: `Push (in place of Firebase) at ${firebase.url}, messages shown at ${firebase.url}/local/messages`,
    stop: firebase.stop,
  }
}

async function startSms(
  _options: LocalServicesOptions,
  port: number,
  received: Journal<InboxMessage>,
): Promise<Started> {
  const inbox = await startInbox({ port, received })
  return {
    port: inbox.port,
    env: { SMS_ENDPOINT: inbox.url },
    line: `Inbox (in place of Twilio) at ${inbox.url}: read text messages there`,
    stop: inbox.stop,
  }
}

/** Mail is read in the inbox beside the text messages, or in one of its own where those go to Twilio. */
async function startLocalMail(
  { want }: LocalServicesOptions,
  port: number,
  received: Journal<InboxMessage>,
): Promise<Started> {
  const mail = await startMail({ port, received })
  const inbox = want.sms ? null : await startInbox({ received })
  return {
    port: mail.port,
    env: { MAIL_URL: mail.url, MAIL_FROM: 'Kith <kith@kith.example>' },
    line: `Mail on 127.0.0.1:${mail.port}, shown ${inbox ? `at ${inbox.url}` : 'in the inbox'}`,
    async stop() {
      await mail.stop()
      await inbox?.stop()
    },
  }
}

const reuse = (reused: boolean) => (reused ? ' (found running, reused)' : '')

const portsFile = (folder: string) => path.join(folder, 'ports.json')

/** The ports of the last run, so that addresses stay the same as long as they are free. */
function keptPorts(folder: string): Ports {
  try {
    return parseJson<Ports>(readIfPresent(portsFile(folder)) ?? '{}')
  } catch {
    return {}
  }
}

function keepPorts(folder: string, ports: Ports): void {
  writeAtomically(portsFile(folder), JSON.stringify(ports))
}
