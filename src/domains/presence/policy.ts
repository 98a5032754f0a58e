import type { Knex } from 'knex'
import type { UserId } from '../../kernel/scope.ts'
import { User } from '../accounts/model.ts'
import { friendIds } from '../friends/policy.ts'

/** The friends of one person who show theirs, at most `limit` of them. */
export async function friendsInSight(db: Knex, person: UserId, limit: number): Promise<UserId[]> {
  const friends = await User.query(db)
    .whereIn('id', friendIds(db, person))
    .where({ status: 'active', showsActivity: true })
    .limit(limit)
    .select('id')
  return friends.map(({ id }) => id)
}
