import { createPublicKey, generateKeyPair, randomUUID, type KeyObject } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { parseJson, readIfPresent, writeAtomically } from '../files.ts'

/** A key file as Google hands it out, made by us; it signs for the local storage and for nothing else. */
export interface ServiceAccount {
  readonly file: string
  readonly clientEmail: string
}

interface KeyFile {
  readonly client_email: string
  readonly private_key: string
}

const EMAIL = 'kith@kith-local.iam.gserviceaccount.com'

/** Makes the service account of a folder, or finds the one made before. */
export async function makeServiceAccount(dataDir: string): Promise<ServiceAccount> {
  const file = path.join(dataDir, 'service-account.json')
  if (readIfPresent(file) === null) {
    mkdirSync(dataDir, { recursive: true })
    writeAtomically(file, JSON.stringify(await newKeyFile(), null, 2))
  }
  return { file, clientEmail: readKeyFile(file).client_email }
}

/** The key that proves what a service account signed. */
export const publicKeyOf = (account: ServiceAccount): KeyObject =>
  createPublicKey(readKeyFile(account.file).private_key)

const readKeyFile = (file: string) => parseJson<KeyFile>(readFileSync(file, 'utf8'))

async function newKeyFile(): Promise<KeyFile & Record<string, string>> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return {
    type: 'service_account',
    project_id: 'kith-local',
    private_key_id: randomUUID(),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: EMAIL,
    client_id: '1',
    token_uri: 'https://oauth2.googleapis.com/token',
  }
}
