import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { parseJson, readIfPresent, writeAtomically } from './files.ts'

const key = () => randomBytes(32).toString('base64')

/** The secrets a server needs, made once for a folder and kept there, readable by its owner only. */
export function keptSecrets(folder: string): Readonly<Record<string, string>> {
  const file = path.join(folder, 'secrets.json')
  const kept = parseJson<Record<string, string>>(readIfPresent(file) ?? '{}')
  // A folder that is older than one of them gets it now.
  const former = kept.INDEX_KEY ? { INDEX_KEYS: `i1:${kept.INDEX_KEY}` } : {} // before it was a ring
  const secrets = { ...freshSecrets(), ...former, ...kept }
  if (Object.keys(secrets).length > Object.keys(kept).length) writeAtomically(file, JSON.stringify(secrets, null, 2))
  return secrets
}

/** New random secrets. */
export const freshSecrets = (): Readonly<Record<string, string>> => ({
  ACCESS_TOKEN_KEYS: `a1:${key()}`,
  SEAL_KEYS: `s1:${key()}`,
  INDEX_KEYS: `i1:${key()}`,
  CODE_KEY: key(),
  REFRESH_KEY: key(),
  MEDIA_KEYS: `m1:${key()}`,
  PASSWORD_KEYS: `p1:${key()}`,
  DATABASE_PASSWORD: randomBytes(24).toString('hex'),
})
