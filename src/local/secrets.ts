import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { parseJson, readIfPresent, writeAtomically } from './files.ts'

const key = () => randomBytes(32).toString('base64')

/** The secrets a server needs, made once for a folder and kept there, readable by its owner only. */
export function keptSecrets(folder: string): Readonly<Record<string, string>> {
  const file = path.join(folder, 'secrets.json')
  const kept = readIfPresent(file)
  if (kept) return parseJson<Record<string, string>>(kept)
  const made = freshSecrets()
  writeAtomically(file, JSON.stringify(made, null, 2))
  return made
}

/** New random secrets. */
export const freshSecrets = (): Readonly<Record<string, string>> => ({
  ACCESS_TOKEN_KEYS: `a1:${key()}`,
  SEAL_KEYS: `s1:${key()}`,
  INDEX_KEY: key(),
  CODE_KEY: key(),
  REFRESH_KEY: key(),
  DATABASE_PASSWORD: randomBytes(24).toString('hex'),
})
