import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { hasCode, readIfPresent } from './files.ts'
import { LOOPBACK, portOf } from './network.ts'
import { isRunning } from './processes.ts'

export interface FolderLock {
  readonly release: () => Promise<void>
}

interface Holder {
  readonly token: string
  readonly port: number
  readonly pid: number
}

/**
 * Makes this process the only user of a folder. The file names a port on which the holder says its token, so a holder
 * that was killed is recognised at once, even when another process has been given its id.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = path.join(folder, 'lock')
  const token = randomUUID()
  const server = createServer(socket => {
    socket.on('error', () => undefined).write(token)
    socket.destroySoon()
  })
  server.listen(0, LOOPBACK)
  await once(server, 'listening')
  server.unref()
  try {
    await take(file, [token, portOf(server), process.pid].join(' '))
  } catch (error) {
    server.close()
    throw error
  }
  return {
    async release() {
      if (readHolder(file)?.token === token) rmSync(file, { force: true })
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

async function take(file: string, holder: string): Promise<void> {
  const mine = `${file}.${randomUUID()}`
  writeFileSync(mine, holder, { mode: 0o600 })
  try {
    // Linking fails if the name is taken, so a lock appears whole and only once.
    for (let attempt = 1; !tryLink(mine, file); attempt++) {
      const other = readHolder(file)
      if (other && (await isHeld(other)))
        throw new Error(`it is in use by process ${other.pid}; stop that one, or name another folder in KITH_FOLDER`)
      if (attempt === 5) throw new Error('others keep starting on it')
      if (other) removeAbandoned(file, other)
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Takes an abandoned lock away, unless someone else did so first and now holds the folder. */
function removeAbandoned(file: string, abandoned: Holder): void {
  const aside = `${file}.${randomUUID()}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  if (readHolder(aside)?.token !== abandoned.token) tryLink(aside, file)
  rmSync(aside, { force: true })
}

function readHolder(file: string): Holder | null {
  const [token = '', port, pid] = readIfPresent(file)?.split(' ') ?? []
  return token ? { token, port: Number(port), pid: Number(pid) } : null
}

/** A holder says its token; one that is stopped or too busy to speak still holds while its process lives. */
async function isHeld({ token, port, pid }: Holder): Promise<boolean> {
  const said = await tokenSaidAt(port)
  return said === token || (said === null && isRunning(pid))
}

/** What is said on a port: nothing if nobody listens there, null if nothing comes for a while. */
function tokenSaidAt(port: number): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const socket = connect(port, LOOPBACK)
  let said = ''
  socket.setTimeout(2_000, () => {
    resolve(null)
    socket.destroy()
  })
  socket.on('data', chunk => (said += chunk.toString('utf8')))
  socket.on('error', () => undefined)
  socket.on('close', () => resolve(said))
  return promise
}
