// Starts a server in a folder, says so, and waits to be killed: `starter.ts postgres|redis <folder>`.
import path from 'node:path'
import { startPostgres } from '../../../src/local/postgres.ts'
import { startRedis } from '../../../src/local/redis.ts'
import { redisSource } from './servers.ts'

const [kind, folder = ''] = process.argv.slice(2)
const dataDir = path.join(folder, kind ?? '')
const { port } =
  kind === 'postgres'
    ? await startPostgres({ dataDir, durable: false })
    : await startRedis({ dataDir, persistent: true, ...redisSource })
console.log(port)
setInterval(() => undefined, 60_000)
