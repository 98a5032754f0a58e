import type { Knex } from 'knex'
import type { QueryBuilder } from 'objection'
import type { Row } from '../../kernel/model.ts'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { NoPerson } from './failures.ts'
import { Block, User } from './model.ts'

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

/** The same for whose account is not private: others than their friends see what they make public. */
export const ofPublic =
  (column: string) =>
  <M extends Row, R>(query: QueryBuilder<M, R>) => {
    query.whereRaw(`(select not users.is_private from users where users.id = ??)`, [column])
  }

/** The blocks between two people: one for each direction there is. The scope must be of one of them; others see none. */
const blocksOf = (db: Knex, one: UserId, other: UserId) =>
  Block.query(db).whereIn(
    ['blockerId', 'blockedId'],
    [
      [one, other],
      [other, one],
    ],
  )

/** Those who are hidden from a person by a block in either direction, as a query of one column `hidden_id`. */
export const hiddenIds = (db: Knex, person: UserId) =>
  Block.query(db)
    .where({ blockerId: person })
    .select('blockedId as hiddenId')
    .union(Block.query(db).where({ blockedId: person }).select('blockerId'))

/** What decides how one person may meet another. */
export interface Meeting {
  /** Whether the other’s account is active. */
  readonly active: boolean
  /** Whether a block hides them. */
  readonly hidden: boolean
  /** Whether the other shows what they make public to their friends only. */
  readonly isPrivate: boolean
}

/** What it would be for `viewer` to meet `other`; the scope must be of one of them. */
export async function meetingOf(db: Knex, viewer: UserId, other: UserId): Promise<Meeting> {
  const hidden = db.raw('exists (?) as hidden', [blocksOf(db, viewer, other).toKnexQuery()])
  const found = (await db('users')
    .where({ id: other })
    .first(db.raw(`status = 'active' as active, is_private`), hidden)) as Meeting | undefined
  return found ?? { active: false, hidden: false, isPrivate: false }
}

/** Whether the actor may meet another person: an active account, and no block between them. */
export async function mayMeet(ctx: UserCtx, userId: UserId): Promise<boolean> {
  const { active, hidden } = await meetingOf(ctx.db, ctx.actor.id, userId)
  return active && !hidden
}

/** The same for a query over many rows, each naming a person in `column`. */
export const ofMeetable =
  (ctx: UserCtx, column: string) =>
  <M extends Row, R>(query: QueryBuilder<M, R>) => {
    query.modify(ofActive(column)).whereNotIn(column, hiddenIds(ctx.db, ctx.actor.id))
  }

/** The only way to meet another person: whom one may meet, or nobody at all. */
export async function personToMeet(ctx: UserCtx, userId: UserId): Promise<void> {
  if (!(await mayMeet(ctx, userId))) throw NoPerson()
}

/**
 * A person to block: whoever has an account, in whatever state, so that the answer does not tell whether they have
 * blocked the actor.
 */
export async function personToBlock(ctx: UserCtx, userId: UserId): Promise<void> {
  if (!(await User.query(ctx.db).findById(userId).select('id'))) throw NoPerson()
}

/** Holds what is between the actor and another person: of a block and a request at once, the later knows of the earlier. */
export async function holdPair(ctx: UserCtx, other: UserId): Promise<void> {
  const pair = [ctx.actor.id, other].toSorted().join(' ')
  await ctx.db.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [pair])
}

/** The blocks between the actor and another person, held so that none is made or lifted meanwhile. */
export async function blocksBetween(ctx: UserCtx, other: UserId): Promise<Block[]> {
  await holdPair(ctx, other)
  return blocksOf(ctx.db, ctx.actor.id, other)
}

/**
 * Holds an account until the transaction ends. After its contacts, and before its passwords and sessions: whoever takes
 * several takes them in this order.
 */
export const holdAccount = (db: Knex, userId: UserId) => User.query(db).findById(userId).forNoKeyUpdate()

/** Holds the actor's account, so that what is counted of theirs stays so until the transaction ends. */
export async function holdOwnAccount(ctx: UserCtx): Promise<void> {
  await holdAccount(ctx.db, ctx.actor.id).select('id')
}
