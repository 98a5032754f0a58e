import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

export const LOOPBACK = '127.0.0.1'

/** A loopback port that is free at this moment: the wanted one if possible. Someone may still take it first. */
export const freePort = (wanted = 0): Promise<number> => tryPort(wanted).catch(() => tryPort(0))

async function tryPort(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, LOOPBACK)
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

/** The port a server listens on. */
export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('This server listens on no port')
  return address.port
}
