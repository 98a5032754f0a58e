/**
 * A mutating command may carry a `clientId`. Its ack is stored under it in the same transaction, so a repeat, on any
 * node, gets the same ack and changes nothing. Kept for 24 hours.
 */
import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import type { OkAck } from './dispatch.ts'
import { OtherPayload } from './failure.ts'
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

/** What was asked for, as a digest that does not depend on the order of keys. */
export const digestOf = (command: string, input: unknown): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([command, canonical(input)]))
    .digest()

/** The ack already given to this request, if any. The same id with another payload is refused. */
export async function recall(db: Knex, { userId, clientId, digest }: Request): Promise<OkAck | null> {
  const row = await db<{ ack: OkAck; digest: Buffer }>('rememberedAcks')
    .where({ userId, clientId } as object)
    .first('ack', 'digest')
  if (!row) return null
  if (!row.digest.equals(digest)) throw OtherPayload()
  return row.ack
}

/** Stores the ack. Two repeats at once: the second fails on the key, rolls back, and finds this one. */
export async function remember(db: Knex, { userId, clientId, digest }: Request, ack: OkAck): Promise<void> {
  await db('rememberedAcks').insert({ userId, clientId, digest, ack: JSON.stringify(ack) })
}
