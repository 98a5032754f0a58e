/**
 * A mutating command may carry a `clientId`. Its ack is stored under it in the same transaction, so a repeat, on any
 * node, gets the same ack and changes nothing. Of two repeats at once the second fails on the key, rolls back, and finds
 * the ack of the first. What a repeat has done by the time it is known for one is rolled back. Kept for 24 hours.
 */
import type { OkAck } from './dispatch.ts'
import { OtherPayload } from './failure.ts'
import type { Vault } from './ports.ts'
import type { UserId } from './scope.ts'

export interface Request {
  readonly userId: UserId
  readonly clientId: string
  readonly digest: Buffer
}

const canonical = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(canonical)
    : value !== null && typeof value === 'object'
      ? Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, canonical(inner)])
      : value

/**
 * What was asked for, as a digest that does not depend on the order of keys. It may be a password, so only who has the
 * key of the vault can tell whether a guess at it is right.
 */
export const digestOf = (vault: Vault, command: string, input: unknown): Buffer =>
  Buffer.from(vault.proof(`request ${JSON.stringify([command, canonical(input)])}`), 'base64url')

/** What was answered to a request, and what exactly it had asked for. */
export interface Remembered {
  readonly digest: Buffer
  readonly ack: OkAck
}

/** The ack already given to this request, if any. The same id with another payload is refused. */
export function answered({ digest }: Request, known: Remembered | null): OkAck | null {
  if (known && !known.digest.equals(digest)) throw OtherPayload()
  return known?.ack ?? null
}
