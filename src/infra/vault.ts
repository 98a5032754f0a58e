import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { Vault } from '../kernel/ports.ts'

export interface VaultOptions {
  /** The 32-byte keys that open sealed values, by key id. */
  readonly sealKeys: Readonly<Record<string, Buffer>>
  /** The id of the key that new values are sealed with. */
  readonly activeKid: string
  /** The keys that blind, by their ids, the one for new values first. */
  readonly indexKeys: readonly (readonly [kid: string, key: Buffer])[]
  readonly codeKey: Buffer
  readonly refreshKey: Buffer
}

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Seals personal data as `v1.kid.nonce.ciphertext‖tag`, finds it by `kid.mac`, and derives what must be found or repeated but not stored. */
export function vault({ sealKeys, activeKid, indexKeys, codeKey, refreshKey }: VaultOptions): Vault {
  const keys = new Map(Object.entries(sealKeys).map(([kid, bytes]) => [kid, sealKey(kid, bytes)]))
  const activeKey = keys.get(activeKid)
  if (!activeKey) throw new Error(`Vault: there is no key '${activeKid}' to seal with`)
  const blinds = indexKeys.map(([kid, bytes]) => {
    const key = macKey('index', bytes)
    return (field: string, value: string) => `${kid}.${mac(key, `${field}\0${value}`).toString('base64url')}`
  })
  const [blind] = blinds
  if (!blind) throw new Error('Vault: there is no key to blind with')
  const [codes, refresh] = [macKey('code', codeKey), macKey('refresh', refreshKey)]

  return {
    seal(place, value) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, activeKey, nonce, { authTagLength: TAG_BYTES }).setAAD(
        Buffer.from(place),
      )
      const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return ['v1', activeKid, nonce.toString('base64url'), body.toString('base64url')].join('.')
    },
    open(place, sealed) {
      const [version, kid = '', nonceText = '', bodyText = '', ...rest] = sealed.split('.')
      const key = keys.get(kid)
      const nonce = bytesOf(nonceText)
      const body = bytesOf(bodyText)
      if (version !== 'v1' || rest.length > 0 || nonce?.length !== NONCE_BYTES || !body || body.length < TAG_BYTES) {
        throw new Error('Vault: not a sealed value')
      }
      if (!key) throw new Error(`Vault: there is no key '${kid}'`)
      // Without authTagLength, Node accepts a tag cut down to 4 bytes.
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(place)).setAuthTag(body.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
    },
    isCurrent: sealed => sealed.startsWith(`v1.${activeKid}.`),
    blindIndex: blind,
    blindIndexes: (field, value) => blinds.map(blind => blind(field, value)),
    code(subject, digits) {
      // 64 bits over at most 10^9 codes: the bias is below one in ten billion.
      if (digits < 1 || digits > 9) throw new Error(`Vault: a code cannot have ${digits} digits`)
      const number = mac(codes, subject).readBigUInt64BE() % 10n ** BigInt(digits)
      return number.toString().padStart(digits, '0')
    },
    proof: subject => mac(codes, `proof\0${subject}`).toString('base64url'),
    successor: secret => mac(refresh, secret).toString('base64url'),
  }
}

function sealKey(kid: string, bytes: Buffer): KeyObject {
  if (!/^[\w-]{1,32}$/.test(kid)) throw new Error(`Vault: '${kid}' cannot be a key id`)
  if (bytes.length !== 32) throw new Error(`Vault: key '${kid}' must be 32 bytes`)
  return createSecretKey(bytes)
}

function macKey(name: string, bytes: Buffer): KeyObject {
  if (bytes.length < 32) throw new Error(`Vault: the ${name} key must be at least 32 bytes`)
  return createSecretKey(bytes)
}

const mac = (key: KeyObject, text: string) => createHmac('sha256', key).update(text).digest()

// Node reads base64 leniently; a sealed value has exactly one spelling.
function bytesOf(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}
