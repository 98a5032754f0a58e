import { readFileSync } from 'node:fs'
import path from 'node:path'
import { startPostgres } from '../../../src/local/postgres.ts'

/** A PostgreSQL of one run alone. What it has acknowledged survives a crash of it, though not of the machine. */
export interface OwnPostgres extends AsyncDisposable {
  readonly ownerUrl: string
  /** The process the others are children of. */
  pid(): number
  /** Ends it as a crash does, and starts it again where it was; resolves when it has recovered. */
  crash(): Promise<void>
}

export async function openOwnPostgres(folder: string): Promise<OwnPostgres> {
  const dataDir = path.join(folder, 'postgres')
  const settings = { synchronous_commit: 'on', max_connections: '300' }
  const start = (port?: number) => startPostgres({ dataDir, durable: false, settings, ...(port && { port }) })
  let server = await start()
  const { ownerUrl, port } = server
  const pid = () => Number(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
  return {
    ownerUrl,
    pid,
    async crash() {
      process.kill(pid(), 'SIGQUIT') // what pg_ctl -m immediate sends
      await server.stop()
      server = await start(port)
      if (server.port !== port) throw new Error('Somebody took the port of PostgreSQL')
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
