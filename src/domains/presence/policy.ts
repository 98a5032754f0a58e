import type { Knex } from 'knex'
import type { UserId } from '../../kernel/scope.ts'
import { User } from '../accounts/model.ts'
import { friendIds } from '../friends/policy.ts'

/** Whether a person shows that they are here and typing. Who does not is not shown it of others either. */
export async function showsActivity(db: Knex, userId: UserId): Promise<boolean> {
  const user = await User.query(db).findById(userId).select('showsActivity')
  return user?.showsActivity === true
}

/** The friends of one person who show theirs, at most `limit` of them. */
export async function friendsInSight(db: Knex, person: UserId, limit: number): Promise<UserId[]> {
  const friends = await User.query(db)
    .whereIn('id', friendIds(db, person))
    .where({ status: 'active', showsActivity: true })
    .limit(limit)
    .select('id')
  return friends.map(({ id }) => id)
}
