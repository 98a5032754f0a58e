import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { inOneLine, writeAtomically } from './files.ts'
import type { Account } from './postgres-binaries.ts'

/** All that PostgreSQL needs of an environment; nothing of ours leaks into it. */
export const environment = { PATH: '/usr/bin:/bin', TZ: 'UTC' }

/** Makes the database in a folder beside its place and moves it there whole, so that a killed start leaves no half. */
export async function initialise(binaries: string, account: Account, dataDir: string, durable: boolean): Promise<void> {
  const parent = path.dirname(dataDir)
  const unfinished = `${path.basename(dataDir)}.new-`
  for (const name of readdirSync(parent)) {
    if (name.startsWith(unfinished)) rmSync(path.join(parent, name), { recursive: true, force: true })
  }
  // A name of its own: the initdb of a killed start may still run, and empties its folder when it fails.
  const fresh = mkdtempSync(path.join(parent, unfinished))
  const passwordFile = `${fresh}.password`
  writeAtomically(passwordFile, readFileSync(`${dataDir}.password`, 'utf8'))
  if (account.uid !== undefined && account.gid !== undefined) {
    for (const owned of [fresh, passwordFile]) chownSync(owned, account.uid, account.gid)
  }
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
  const flags = ['-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8']
  try {
    await promisify(execFile)(
      path.join(binaries, 'initdb'),
      ['-D', fresh, ...flags, `--locale=${locale}`, ...(durable ? [] : ['--no-sync'])],
      { ...account, env: environment, cwd: '/' },
    )
  } catch (error) {
    throw new Error(`initdb failed: ${inOneLine(error)}`, { cause: error })
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(fresh, dataDir)
}
