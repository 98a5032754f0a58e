import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'ava'
import { keptSecrets } from '../../src/local/secrets.ts'
import { temporaryFolder } from './support/folder.ts'

test('the secrets of a folder stay the same, and only their owner reads them', async t => {
  const folder = await temporaryFolder(t)
  const made = keptSecrets(folder)
  t.deepEqual(keptSecrets(folder), made)
  t.is(statSync(path.join(folder, 'secrets.json')).mode & 0o777, 0o600)
})

test('a folder that is older than a secret gets it, once, and keeps the others', async t => {
  const folder = await temporaryFolder(t)
  const file = path.join(folder, 'secrets.json')
  const { PASSWORD_KEYS: _, ...older } = keptSecrets(folder)
  writeFileSync(file, JSON.stringify(older))
  const secrets = keptSecrets(folder)
  t.like(secrets, older)
  t.regex(secrets.PASSWORD_KEYS ?? '', /^p1:/)
  t.deepEqual(keptSecrets(folder), secrets)
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), secrets)
})
