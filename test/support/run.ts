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

/** The faults come last: they want the machine for themselves, and so do tests that measure how long something takes. */
const FAULTS = ['test/faults/**/*.test.ts']
const EVERYTHING_ELSE = ['test/**/*.test.ts', '!test/faults/**']
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const folder = mkdtempSync(path.join(tmpdir(), 'kith-test-'))
chmodSync(folder, 0o755)
const services = await startLocalServices({
  folder,
  want: { database: true, redis: true, storage: true, firebase: true, sms: true, mail: true },
  durable: false,
  redisBinary: process.env.REDIS_SERVER_BIN,
  path: process.env.PATH,
  announce: () => undefined,
})
try {
  const { DATABASE_PASSWORD = '', ...secrets } = freshSecrets()
  const owner = await createDatabase(services.env.DATABASE_OWNER_URL ?? '', 'kith_template')
  await release(owner, appUrl(owner, DATABASE_PASSWORD))
  const env = {
    ...process.env,
    ...services.env,
    ...secrets,
    KITH_TEST_DATABASE_PASSWORD: DATABASE_PASSWORD,
    FORCE_COLOR: '0',
  }
  const given = process.argv.slice(2)
  for (const files of given.length > 0 ? [given] : [EVERYTHING_ELSE, FAULTS]) {
    const ava = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.js', ...files], { stdio: 'inherit', env })
    // However this ends, the services are stopped: ava first, then the rest below.
    const pass = (signal: NodeJS.Signals) => void ava.kill(signal)
    for (const signal of SIGNALS) process.on(signal, pass)
    const [code] = (await once(ava, 'exit')) as [number | null]
    for (const signal of SIGNALS) process.off(signal, pass)
    process.exitCode = code ?? 1
    if (code !== 0) break
  }
} finally {
  await services.stop()
  rmSync(folder, { recursive: true, force: true })
}
