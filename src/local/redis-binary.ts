import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { inOneLine } from './files.ts'

export interface RedisSource {
  /** The program to run, when someone chose one. */
  readonly binary?: string
  /** Where to look for redis-server or valkey-server, as in PATH. */
  readonly path?: string
  /** Where Debian's packages are unpacked when nothing else is found. */
  readonly cacheDir: string
}

/** A program and the environment it needs. */
export interface RedisBinary {
  readonly file: string
  readonly env: Readonly<Record<string, string>>
}

const PROGRAMS = ['redis-server', 'valkey-server']
const PACKAGES = ['redis-tools', 'redis-server', 'libjemalloc2', 'liblzf1', 'libatomic1', 'libssl3']
const REMEDY = 'install Redis (apt install redis-server, brew install redis), or set REDIS_SERVER_BIN or REDIS_URL'

const run = promisify(execFile)

/** Finds a Redis server: the chosen one, one on the path, or Debian's own, unpacked without root. */
export async function findRedis(source: RedisSource): Promise<RedisBinary> {
  if (source.binary) {
    if (!isProgram(source.binary)) throw new Error(`REDIS_SERVER_BIN is no program: ${source.binary}`)
    return { file: source.binary, env: {} }
  }
  const folders = (source.path ?? '').split(path.delimiter).filter(Boolean)
  const installed = PROGRAMS.flatMap(name => folders.map(folder => path.join(folder, name))).find(isProgram)
  return installed ? { file: installed, env: {} } : unpackedRedis(path.join(source.cacheDir, 'redis'))
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function unpackedRedis(folder: string): Promise<RedisBinary> {
  const file = path.join(folder, 'usr/bin/redis-server')
  if (!existsSync(file)) {
    await unpackDebian(folder).catch((error: unknown) => {
      throw new Error(`No Redis found; ${REMEDY} (Debian's packages: ${reasonOf(error)})`, { cause: error })
    })
  }
  const libraries = path.join(folder, 'usr/lib')
  const perMachine = readdirSync(libraries).map(name => path.join(libraries, name))
  return { file, env: { LD_LIBRARY_PATH: [libraries, ...perMachine].join(':') } }
}

/** What apt says in its first complaint, which stands somewhere behind its long command line. */
const reasonOf = (error: unknown) => /^E: (.+)$/m.exec(String(error))?.[1] ?? inOneLine(error)

/** Lets apt fetch and check its packages in a folder of our own; the system and its package lists stay untouched. */
async function unpackDebian(folder: string): Promise<void> {
  mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 })
  const work = mkdtempSync(`${folder}-`)
  try {
    for (const name of ['state/lists/partial', 'cache/archives/partial', 'root']) {
      mkdirSync(path.join(work, name), { recursive: true })
    }
    const settings = [
      `Dir::State=${work}/state`,
      'Dir::State::status=/var/lib/dpkg/status',
      `Dir::Cache=${work}/cache`,
      'Debug::NoLocking=1',
      'APT::Sandbox::User=',
    ]
    const apt = (...args: string[]) =>
      run('apt-get', ['-qq', ...settings.flatMap(s => ['-o', s]), ...args], { cwd: work })
    await apt('update')
    await apt('download', ...PACKAGES)
    for (const name of readdirSync(work)) {
      if (name.endsWith('.deb')) await run('dpkg', ['-x', name, 'root'], { cwd: work })
    }
    renameSync(path.join(work, 'root'), folder)
  } catch (error) {
    // Another start may have unpacked the same at the same time.
    if (!existsSync(path.join(folder, 'usr/bin/redis-server'))) throw error
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
