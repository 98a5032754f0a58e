import path from 'node:path'
import { createDatabase, appUrl } from './database.ts'
import { keptSecrets } from './secrets.ts'
import { startLocalServices, type ServiceName } from './services.ts'

export interface LocalEnvironment extends AsyncDisposable {
  /** A whole environment for the server's processes. */
  readonly env: NodeJS.ProcessEnv
  /** Where text messages can be read, when the inbox stands in for Twilio. */
  readonly inboxUrl: string | undefined
}

/** The setting whose absence asks for each stand-in. */
const WANTED_WITHOUT: Readonly<Record<ServiceName, string>> = {
  database: 'DATABASE_URL',
  redis: 'REDIS_URL',
  storage: 'STORAGE_BUCKET',
  firebase: 'GOOGLE_CLOUD_PROJECT',
  sms: 'TWILIO_ACCOUNT_SID',
  mail: 'MAIL_URL',
}

/** Starts what the given environment does not name, and answers one that names everything. */
export async function startLocalEnvironment(
  given: NodeJS.ProcessEnv,
  folder: string,
  announce: (line: string) => void,
): Promise<LocalEnvironment> {
  const want = Object.fromEntries(
    Object.entries(WANTED_WITHOUT).map(([service, setting]) => [service, !given[setting]]),
  ) as Record<ServiceName, boolean>
  const services = await startLocalServices({
    folder,
    want,
    redisBinary: given.REDIS_SERVER_BIN,
    path: given.PATH,
    announce,
  })
  const { DATABASE_PASSWORD: password = '', ...secrets } = keptSecrets(path.resolve(folder))
  const database = async () => {
    const server = services.env.DATABASE_OWNER_URL
    if (!server) return {}
    const ownerUrl = await createDatabase(server, 'kith')
    return { DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: appUrl(ownerUrl, password) }
  }
  // Everybody who tries it out comes from one address, and has a new account.
  const quiet = { NODE_ENV: 'development', LOG_LEVEL: 'warn', HOST: '127.0.0.1', LIMIT_SCALE: '100' }
  const env = { ...quiet, ...secrets, ...services.env, ...withoutEmpty(given), ...(await database()) }
  return { env, inboxUrl: services.env.SMS_ENDPOINT, [Symbol.asyncDispose]: services.stop }
}

const withoutEmpty = (env: NodeJS.ProcessEnv) => Object.fromEntries(Object.entries(env).filter(([, value]) => value))
