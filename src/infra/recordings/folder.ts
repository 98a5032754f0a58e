import { lstatSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import path from 'node:path'

const PREFIX = 'kith-recording-'

/** A folder for one recording, which is gone with all that is in it when it is disposed of. */
export async function openFolder(within: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(within, `${PREFIX}${process.pid}-`))
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** Removes the folders of processes that were killed. */
export async function sweepFolders(within: string): Promise<void> {
  for (const name of await readdir(within)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? []
    const folder = path.join(within, name)
    if (pid && isAbandoned(folder, Number(pid))) await rm(folder, { recursive: true, force: true })
  }
}

function isAbandoned(folder: string, pid: number): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined || found.uid !== process.getuid?.()) return false // another account’s, or gone already
  // In a container, whoever comes after a process that was killed often has its number.
  return pid === process.pid ? found.mtimeMs < Date.now() - process.uptime() * 1000 : !isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
