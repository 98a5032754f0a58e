/** `npm run story [photo]`: one human story through two web processes and a worker, on local services of its own. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { release } from '../../src/infra/db/release.ts'
import { startLocalEnvironment } from '../../src/local/environment.ts'
import { readReleaseConfig } from '../../src/main/config.ts'
import { carriesMetadata, makePhoto } from '../support/photo.ts'
import { startCompany } from './cast.ts'
import { tell } from './telling.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'kith-story-'))
chmodSync(folder, 0o755)
const say = (line: string) => process.stdout.write(`${line}\n`)

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  try {
    const result = await work()
    say(`  ✓ ${name} (${Math.round(performance.now() - started)} ms)`)
    return result
  } catch (error) {
    say(`  ✗ ${name}`)
    throw error
  }
}

try {
  const { PATH, REDIS_SERVER_BIN } = process.env
  await using local = await step('PostgreSQL, Redis, storage, push and texts start', () =>
    startLocalEnvironment({ PATH, ...(REDIS_SERVER_BIN && { REDIS_SERVER_BIN }) }, folder, () => undefined),
  )
  const { ownerUrl, appUrl } = readReleaseConfig(local.env)
  await step('The database is brought to this version', () => release(ownerUrl, appUrl))
  await using company = await step('Two web processes and a worker start', () => startCompany(local.env))
  const [file] = process.argv.slice(2)
  const photo = file
    ? readFileSync(file)
    : await step('A photo of 12 megapixels is made, with the place it was taken in it', async () => {
        const photo = await makePhoto({ width: 4000, height: 3000 })
        assert.ok(carriesMetadata(photo))
        return photo
      })
  const [first, second] = company.urls
  const { SMS_ENDPOINT: inbox = '', FIREBASE_ENDPOINT: firebase = '' } = local.env
  await tell({ first, second, inbox, firebase, photo, step })
  say('The story is told.')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
