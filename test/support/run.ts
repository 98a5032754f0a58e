/** `npm test`: starts the services every test file shares, makes the template database, and runs ava with the given arguments. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { release } from '../../src/infra/db/release.ts'
import { appUrl, createDatabase } from '../../src/local/database.ts'
import { freshSecrets } from '../../src/local/secrets.ts'
import { startLocalServices } from '../../src/local/services.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'kith-test-'))
chmodSync(folder, 0o755)
const services = await startLocalServices({
  folder,
  want: { database: true, redis: true, storage: true, firebase: true, sms: true },
  durable: false,
  redisBinary: process.env.REDIS_SERVER_BIN,
  path: process.env.PATH,
  announce: () => undefined,
})
try {
  const { DATABASE_PASSWORD = '', ...secrets } = freshSecrets()
  const owner = await createDatabase(services.env.DATABASE_OWNER_URL ?? '', 'kith_template')
  await release(owner, appUrl(owner, DATABASE_PASSWORD))
  const ava = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.js', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...services.env,
      ...secrets,
      KITH_TEST_DATABASE_PASSWORD: DATABASE_PASSWORD,
      FORCE_COLOR: '0',
    },
  })
  // However this ends, the services are stopped: ava first, then the rest below.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ava.kill(signal))
  const [code] = (await once(ava, 'exit')) as [number | null]
  process.exitCode = code ?? 1
} finally {
  await services.stop()
  rmSync(folder, { recursive: true, force: true })
}
