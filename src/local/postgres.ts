import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'
import { readIfPresent, writeAtomically } from './files.ts'
import { freePort, LOOPBACK } from './network.ts'
import { environment, initialise } from './postgres-initialise.ts'
import { canReach, postgresAccount, postgresBinaries, type Account } from './postgres-binaries.ts'
import { commandLine, endProcess, foundProcess, isRunning, startProcess, type ServerProcess } from './processes.ts'

export interface PostgresOptions {
  /** The folder of the database; its log and password are kept beside it. */
  readonly dataDir: string
  /** False trades safety in a power cut for speed: right for tests. */
  readonly durable: boolean
  readonly settings?: Readonly<Record<string, string>>
  /** Taken when it is free. */
  readonly port?: number
}

export interface LocalPostgres {
  /** The database `postgres` as its superuser. */
  readonly ownerUrl: string
  readonly port: number
  readonly password: string
  /** True when a server was found running whose starter had died. */
  readonly reused: boolean
  readonly stop: () => Promise<void>
}

const CAREFREE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
// The longest path of a unix socket is 107 bytes on Linux and 103 on macOS.
const LONGEST_SOCKET_DIR = 103 - '/.s.PGSQL.65535'.length
const FAST_SHUTDOWN = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const
const READY_WITHIN_MS = 60_000

/** Starts PostgreSQL on loopback, or takes over the one that an earlier, killed process left running on this folder. */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const account = postgresAccount()
  const parent = path.dirname(path.resolve(options.dataDir))
  mkdirSync(parent, { recursive: true })
  if (!canReach(account, parent)) {
    throw new Error(`PostgreSQL runs as nobody when started by root, and nobody cannot enter ${parent}`)
  }
  const dataDir = path.join(realpathSync(parent), path.basename(options.dataDir))
  const password = keepPassword(dataDir)
  const flags = settingFlags(dataDir, options)

  const left = leftRunning(dataDir)
  if (left) {
    const usable = sameFlags(dataDir, flags) && (await answers(ownerUrl(left.port, password)))
    if (usable) return handle(foundProcess(left.pid), left.port, password, true)
    await endProcess(foundProcess(left.pid), FAST_SHUTDOWN)
  }
  forgetOtherProgram(dataDir)

  const binaries = postgresBinaries(account)
  if (!existsSync(path.join(dataDir, 'PG_VERSION'))) await initialise(binaries, account, dataDir, options.durable)
  const { server, port } = await launch(binaries, account, dataDir, flags, options.port)
  if (await answers(ownerUrl(port, password))) return handle(server, port, password, false)
  await endProcess(server, FAST_SHUTDOWN)
  throw new Error(`The password in ${dataDir}.password is not that of the database`)
}

const ownerUrl = (port: number, password: string) => `postgres://postgres:${password}@${LOOPBACK}:${port}/postgres`

function handle(server: ServerProcess, port: number, password: string, reused: boolean): LocalPostgres {
  return {
    ownerUrl: ownerUrl(port, password),
    port,
    password,
    reused,
    stop: () => endProcess(server, FAST_SHUTDOWN),
  }
}

function keepPassword(dataDir: string): string {
  const file = `${dataDir}.password`
  const kept = readIfPresent(file)
  if (kept) return kept
  if (existsSync(dataDir)) throw new Error(`${file} is lost; restore it, or remove ${dataDir} to begin anew`)
  const password = randomBytes(24).toString('base64url')
  writeAtomically(file, password)
  return password
}

function settingFlags(dataDir: string, { durable, settings }: PostgresOptions): string[] {
  const all = {
    listen_addresses: LOOPBACK,
    log_error_verbosity: 'terse', // the detail of an error shows the row it was about
    unix_socket_directories: Buffer.byteLength(dataDir) <= LONGEST_SOCKET_DIR ? dataDir : '',
    ...(durable ? {} : CAREFREE),
    ...settings,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** The server that postmaster.pid tells of, if that process is indeed a server of this folder. */
function leftRunning(dataDir: string): { readonly pid: number; readonly port: number } | null {
  const file = readPidFile(dataDir)
  return file && isRunning(file.pid) && commandLine(file.pid).includes(dataDir) ? file : null
}

/** PostgreSQL takes any living process that postmaster.pid names for a server, even if its id has gone to another program. */
function forgetOtherProgram(dataDir: string): void {
  const program = commandLine(readPidFile(dataDir)?.pid ?? 0)
  if (program && !/\/postgres( |$)/.test(program)) rmSync(path.join(dataDir, 'postmaster.pid'))
}

/** Line 1 of postmaster.pid is the process, line 4 the port, line 8 its state. */
function readPidFile(dataDir: string) {
  const lines = readIfPresent(path.join(dataDir, 'postmaster.pid'))?.split('\n')
  return lines ? { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : null
}

/** Whether the running server was started with these settings: a test's careless one must not serve a careful start. */
function sameFlags(dataDir: string, flags: readonly string[]): boolean {
  const started = readIfPresent(path.join(dataDir, 'postmaster.opts')) ?? ''
  return started.trimEnd().endsWith(flags.map(flag => `"${flag}"`).join(' '))
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 3_000, query_timeout: 3_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function launch(
  binaries: string,
  account: Account,
  dataDir: string,
  flags: readonly string[],
  wanted: number | undefined,
): Promise<{ server: ServerProcess; port: number }> {
  const log = `${dataDir}.log`
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? (wanted ?? 0) : 0)
    const server = await startProcess(path.join(binaries, 'postgres'), ['-D', dataDir, '-p', String(port), ...flags], {
      ...account,
      env: environment,
      cwd: '/',
      log,
    })
    if (await becomesReady(server, dataDir)) return { server, port }
    await endProcess(server, FAST_SHUTDOWN)
    const said = readFileSync(log, 'utf8')
    const portWasTaken = said.includes('Address already in use')
    if (!portWasTaken || attempt === 3) throw new Error(`${reasonIn(said)} (log: ${log})`)
  }
}

async function becomesReady(server: ServerProcess, dataDir: string): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    const file = readPidFile(dataDir)
    if (file?.pid === server.pid && file.ready) return true
    if (await server.endsWithin(10)) return false
  }
  return false
}

function reasonIn(log: string): string {
  const reasons = [...log.matchAll(/(?:FATAL|PANIC|DETAIL): +(.+)/g)].map(match => match[1])
  const started = log.includes('starting PostgreSQL')
  const otherwise = started ? `it was not ready within ${READY_WITHIN_MS / 1000} s` : log.trim().replaceAll('\n', ' ')
  return reasons.slice(0, 2).join('; ') || otherwise
}
