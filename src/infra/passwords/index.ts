import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Passwords, PasswordTurn } from '../../kernel/ports.ts'
import { commonPasswords } from './common-passwords.ts'
import { openHashers, type Turn } from './hashers.ts'

export interface PasswordOptions {
  /** The 32-byte keys that hashes were made with, by key id. */
  readonly keys: Readonly<Record<string, Buffer>>
  /** The id of the key that new hashes are made with. */
  readonly activeKid: string
  /** The binary logarithm of the rounds of a new hash. */
  readonly cost: number
  /** How many hashes are made at once; by itself it leaves a core to everybody else. */
  readonly hashers?: number
}

const MOST_HASHERS = 4
const STORED = /^bcrypt\$([\w-]{1,32})\$(\d{1,2})\$([./A-Za-z0-9]{53})$/
/** A hash that is compared where there is none, and made of no password. */
const NOBODYS = '.'.repeat(53)

/**
 * Keeps passwords as `bcrypt$kid$cost$hash`, made by bcrypt of the base64 of an HMAC-SHA-384. bcrypt reads no further
 * than 72 bytes or a NUL; the HMAC takes all of a password in, and without its key a stolen table is of no use.
 */
export function bcryptPasswords({
  keys: bytes,
  activeKid,
  cost,
  hashers: size = Math.max(1, Math.min(MOST_HASHERS, availableParallelism() - 1)),
}: PasswordOptions): Passwords & { close(): Promise<void> } {
  const keys = new Map(Object.entries(bytes).map(([kid, secret]) => [kid, pepper(kid, secret)]))
  const keyOf = (kid: string) => {
    const key = keys.get(kid)
    if (!key) throw new Error(`Passwords: there is no key '${kid}'`)
    return key
  }
  const activeKey = keyOf(activeKid)
  const hashers = openHashers(size, 2 ** cost / 16)

  const turnOf = ({ run, [Symbol.dispose]: leave }: Turn): PasswordTurn => ({
    async hash(password) {
      const { hash } = await run({ secret: secretOf(activeKey, password), cost, hash: null })
      return `bcrypt$${activeKid}$${cost}$${hash.slice(prefix(cost).length)}`
    },
    async verify(password, stored) {
      const kept = stored === null ? { kid: activeKid, cost, hash: NOBODYS } : parse(stored)
      const secret = secretOf(keyOf(kept.kid), password)
      const { right } = await run({ secret, cost: kept.cost, hash: prefix(kept.cost) + kept.hash })
      return { right: right && stored !== null, stale: kept.kid !== activeKid || kept.cost !== cost }
    },
    [Symbol.dispose]: leave,
  })
  const turn = ({ first = false } = {}) => turnOf(hashers.turn(first))

  return {
    turn,
    async hash(password) {
      using own = turn()
      return await own.hash(password)
    },
    async verify(password, stored) {
      using own = turn()
      return await own.verify(password, stored)
    },
    isCommon: commonPasswords(),
    close: hashers.close,
  }
}

function pepper(kid: string, bytes: Buffer): KeyObject {
  if (bytes.length < 32) throw new Error(`Passwords: key '${kid}' must be at least 32 bytes`)
  return createSecretKey(bytes)
}

/** Two spellings of one character are one password: keyboards differ in which they send. */
const secretOf = (key: KeyObject, password: string) =>
  createHmac('sha384', key).update(password.normalize('NFKC')).digest('base64')

const prefix = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$`

function parse(stored: string) {
  const [, kid = '', cost, hash = ''] = STORED.exec(stored) ?? []
  if (!hash) throw new Error('Passwords: not a stored password')
  return { kid, cost: Number(cost), hash }
}
