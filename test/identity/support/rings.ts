import { randomBytes } from 'node:crypto'
import { readConfig } from '../../../src/main/config.ts'
import { startWeb } from '../../../src/main/web.ts'
import { startWorker } from '../../../src/main/worker.ts'
import type { World } from '../../support/world.ts'

const key = () => randomBytes(32).toString('base64')
const NEW = { SEAL_KEYS: `s2:${key()}`, INDEX_KEYS: `i2:${key()}` }

/** The environment with new keys, before the old ones or alone. */
export const newRings = ({ env }: Pick<World, 'env'>, old: 'kept' | 'removed'): NodeJS.ProcessEnv => ({
  ...env,
  SEAL_KEYS: old === 'kept' ? `${NEW.SEAL_KEYS},${env.SEAL_KEYS}` : NEW.SEAL_KEYS,
  INDEX_KEYS: old === 'kept' ? `${NEW.INDEX_KEYS},${env.INDEX_KEYS}` : NEW.INDEX_KEYS,
})

/** A worker and a web process, as long as `body` runs. */
export async function withProcesses<T>(
  env: NodeJS.ProcessEnv,
  body: (reach: Pick<World, 'urls' | 'env'>) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack()
  stack.use(await startWorker(readConfig(env)))
  const { port } = stack.use(await startWeb(readConfig(env)))
  const url = `http://127.0.0.1:${port}`
  return await body({ urls: [url, url], env })
}
