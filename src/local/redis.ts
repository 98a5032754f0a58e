import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { readIfPresent, writeAtomically } from './files.ts'
import { freePort, LOOPBACK } from './network.ts'
import { commandLine, endProcess, foundProcess, isRunning, startProcess, type ServerProcess } from './processes.ts'
import { findRedis, type RedisSource } from './redis-binary.ts'

export interface RedisOptions extends RedisSource {
  readonly dataDir: string
  /** True keeps what is written between runs. */
  readonly persistent: boolean
  /** Taken when it is free. */
  readonly port?: number
}

export interface LocalRedis {
  readonly url: string
  readonly port: number
  /** True when a server was found running whose starter had died. */
  readonly reused: boolean
  readonly stop: () => Promise<void>
}

const SHUTDOWN = ['SIGTERM', 'SIGKILL'] as const
const READY_WITHIN_MS = 30_000

/** Starts Redis on loopback, or takes over the one that an earlier, killed process left running on this folder. */
export async function startRedis(options: RedisOptions): Promise<LocalRedis> {
  const dataDir = path.resolve(options.dataDir)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const password = keepPassword(dataDir)
  const configure = (port: number) => configuration({ dataDir, port, password, persistent: options.persistent })

  const left = await leftRunning(dataDir, password)
  if (left) {
    const usable = left.isReady && left.configuration === configure(left.port)
    if (usable) return handle(foundProcess(left.pid), left.port, password, true)
    await endProcess(foundProcess(left.pid), SHUTDOWN)
  }
  rmSync(path.join(dataDir, 'redis.pid'), { force: true })

  const { file, env } = await findRedis(options)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? options.port : 0)
    const log = path.join(dataDir, 'redis.log')
    const settings = path.join(dataDir, 'redis.conf')
    writeAtomically(settings, configure(port))
    const server = await startProcess(file, [settings], { env, cwd: dataDir, log })
    if (await becomesReady(server, port, password)) return handle(server, port, password, false)
    await endProcess(server, SHUTDOWN)
    const said = readFileSync(log, 'utf8')
    const portWasTaken = said.includes('Address already in use')
    if (!portWasTaken || attempt === 3) throw new Error(`${lastLine(said)} (log: ${log})`)
  }
}

function handle(server: ServerProcess, port: number, password: string, reused: boolean): LocalRedis {
  return {
    url: `redis://:${password}@${LOOPBACK}:${port}`,
    port,
    reused,
    stop: () => endProcess(server, SHUTDOWN),
  }
}

function keepPassword(dataDir: string): string {
  const file = path.join(dataDir, 'password')
  const kept = readIfPresent(file)
  if (kept) return kept
  const password = randomBytes(24).toString('base64url')
  writeAtomically(file, password)
  return password
}

interface Settings {
  readonly dataDir: string
  readonly port: number
  readonly password: string
  readonly persistent: boolean
}

/** The configuration is a private file, because a password among the arguments is seen by everyone on the machine. */
function configuration({ dataDir, port, password, persistent }: Settings): string {
  return [
    `bind ${LOOPBACK}`,
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(dataDir)}`,
    `pidfile ${JSON.stringify(path.join(dataDir, 'redis.pid'))}`,
    'save ""',
    `appendonly ${persistent ? 'yes' : 'no'}`,
    'maxmemory-policy noeviction',
    '',
  ].join('\n')
}

/** The server that still runs on this folder: it says so itself, or else redis.pid tells of it. */
async function leftRunning(dataDir: string, password: string) {
  const configuration = readIfPresent(path.join(dataDir, 'redis.conf')) ?? ''
  const port = Number(/^port (\d+)$/m.exec(configuration)?.[1])
  if (!port) return null
  const found = await ask(port, password)
  if (found) return { ...found, port, configuration }

  const pid = Number(readIfPresent(path.join(dataDir, 'redis.pid')))
  if (!pid || !isRunning(pid)) return null
  // Redis shows its address in place of its arguments.
  const shown = commandLine(pid)
  const isOurs = shown.includes(`:${port}`) || shown.includes(dataDir)
  return isOurs ? { pid, isReady: false, port, configuration } : null
}

async function becomesReady(server: ServerProcess, port: number, password: string): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    const found = await ask(port, password)
    if (found?.pid === server.pid && found.isReady) return true
    if (await server.endsWithin(10)) return false
  }
  return false
}

/** Asks the server on this port for its process and whether it has loaded its data; null if it knows no password of ours. */
function ask(port: number, password: string): Promise<{ pid: number; isReady: boolean } | null> {
  const { promise, resolve } = Promise.withResolvers<{ pid: number; isReady: boolean } | null>()
  const socket = connect(port, LOOPBACK, () => socket.write(`AUTH ${password}\r\nPING\r\nINFO server\r\n`))
  let heard = ''
  socket.setTimeout(3_000, () => socket.destroy())
  socket.on('data', chunk => {
    heard += chunk.toString('latin1')
    if (!heard.startsWith('+OK') || /process_id:\d+\r/.test(heard)) socket.destroy()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    const pid = Number(/^process_id:(\d+)\r$/m.exec(heard)?.[1])
    resolve(pid ? { pid, isReady: heard.startsWith('+OK\r\n+PONG\r\n') } : null)
  })
  return promise
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) || 'it said nothing'
