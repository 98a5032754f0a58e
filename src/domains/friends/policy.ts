import type { Knex } from 'knex'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { NoFriend, NoFriendRequest } from './failures.ts'
import { Friendship, pairOf } from './model.ts'

/** The friends of one person, as a query of one column `friend_id`. */
export const friendIds = (db: Knex, person: UserId) =>
  Friendship.query(db)
    .where({ status: 'accepted' })
    .where(q => q.where({ userA: person }).orWhere({ userB: person }))
    .select(db.raw('case when user_a = ? then user_b else user_a end as friend_id', [person]))

export const areFriends = (friendship: Friendship | undefined) => friendship?.status === 'accepted'

/** The row between the actor and another person, if there is one. */
export const friendshipWith = (ctx: UserCtx, other: UserId) =>
  Friendship.query(ctx.db).findOne(pairOf(ctx.actor.id, other))

/** A request another person made to the actor, or the actor to them, held until the transaction ends. */
export async function requestBetween(ctx: UserCtx, other: UserId): Promise<Friendship> {
  const friendship = await friendshipWith(ctx, other).forUpdate()
  if (friendship?.status !== 'pending') throw NoFriendRequest()
  return friendship
}

/** A request that waits for the actor's answer. */
export async function requestToAnswer(ctx: UserCtx, from: UserId): Promise<Friendship> {
  const friendship = await requestBetween(ctx, from)
  if (friendship.requestedBy === ctx.actor.id) throw NoFriendRequest()
  return friendship
}

export async function friendshipToEnd(ctx: UserCtx, friend: UserId): Promise<Friendship> {
  const friendship = await friendshipWith(ctx, friend).forUpdate()
  if (!friendship || !areFriends(friendship)) throw NoFriend()
  return friendship
}
