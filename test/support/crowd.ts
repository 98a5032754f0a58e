import { randomBytes, randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { idOf } from '../../seeds/ids.ts'
import { accessTokens } from '../../src/infra/tokens.ts'
import type { Config } from '../../src/main/config.ts'
import { vaultOf } from '../../src/main/vault.ts'

/** Somebody signed in who never asked for a code. */
export interface Planted {
  readonly id: string
  readonly sessionId: string
  readonly token: string
}

/**
 * Puts so many signed-in people into the database, as its owner, and gives each an access token. Without a moment they
 * were made at, they are no newcomers.
 */
export async function plantPeople(db: Knex, config: Config, count: number, madeAt?: Date): Promise<Planted[]> {
  const { keys, accessTokenSeconds } = config
  const vault = vaultOf(config)
  const tokens = accessTokens({ ...keys.access, issuer: 'kith', audience: 'kith', ttlSeconds: accessTokenSeconds })
  const newId = () => (madeAt ? idOf(randomUUID(), madeAt) : randomUUID())
  const people = Array.from({ length: count }, () => ({ id: newId(), sessionId: randomUUID() }))
  const tomorrow = new Date(Date.now() + 86_400_000)
  await db.batchInsert(
    'users',
    people.map(({ id }) => ({
      id,
      phone_sealed: vault.seal(`users.phone|${id}`, id), // nobody calls them
      phone_index: vault.blindIndex('phone', id),
    })),
  )
  await db.batchInsert(
    'sessions',
    people.map(({ id, sessionId }) => ({
      id: sessionId,
      user_id: id,
      refresh_hash: randomBytes(32),
      expires_at: tomorrow,
    })),
  )
  return Promise.all(
    people.map(async person => ({ ...person, token: (await tokens.issue(person.id, person.sessionId, 0)).token })),
  )
}

/** Makes friends of pairs of people, as the owner of the database. */
export async function plantFriends(db: Knex, pairs: readonly (readonly [string, string])[]): Promise<void> {
  const rows = pairs.map(([one, other]) => {
    const [userA = one, userB = other] = [one, other].toSorted()
    return { user_a: userA, user_b: userB, requested_by: userA, status: 'accepted', accepted_at: new Date() }
  })
  await db.batchInsert('friendships', rows)
}
