import type { Knex } from 'knex'
import type { QueryBuilder } from 'objection'
import type { Row } from '../../kernel/model.ts'
import type { Ctx, UserCtx, UserId } from '../../kernel/scope.ts'
import { NoPerson } from './failures.ts'
import { User } from './model.ts'

/** Whether an account is active: others see nothing of one that is not. */
export async function isActive(db: Knex, userId: UserId): Promise<boolean> {
  const user = await User.query(db).findById(userId).select('status')
  return user?.status === 'active'
}

/**
 * The same for a query over many rows, each naming a person in `column`. One look by key for each row that is left:
 * `exists` within an `or` makes PostgreSQL read all accounts there are.
 */
export const ofActive =
  (column: string) =>
  <M extends Row, R>(query: QueryBuilder<M, R>) => {
    query.whereRaw(`(select users.status = 'active' from users where users.id = ??)`, [column])
  }

/** The only way to meet another person: an active account, or none at all. */
export async function personToMeet(ctx: Ctx, userId: UserId): Promise<void> {
  if (!(await isActive(ctx.db, userId))) throw NoPerson()
}

/** Holds the actor's account, so that what is counted of theirs stays so until the transaction ends. */
export async function holdOwnAccount(ctx: UserCtx): Promise<void> {
  await User.query(ctx.db).findById(ctx.actor.id).select('id').forNoKeyUpdate()
}
