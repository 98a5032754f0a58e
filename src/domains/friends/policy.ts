import type { Knex } from 'knex'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { NoFriend, NoFriendRequest } from './failures.ts'
import { Friendship, pairOf } from './model.ts'

/** The friends of one person, as a query of one column `friend_id`. */
export const friendIds = (db: Knex, person: UserId) =>
  Friendship.query(db)
    .where({ status: 'accepted' })
    .where(q => {
      q.where({ userA: person }).orWhere({ userB: person })
    })
    .select(db.raw('case when user_a = ? then user_b else user_a end as friend_id', [person]))

export const areFriends = (friendship: Friendship | undefined): friendship is Friendship =>
  friendship?.status === 'accepted'

/** The row between two people, if there is one. */
export const friendshipOf = (db: Knex, one: UserId, other: UserId) => Friendship.query(db).findOne(pairOf(one, other))
export const friendshipWith = (ctx: UserCtx, other: UserId) => friendshipOf(ctx.db, ctx.actor.id, other)

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

/** The row between the actor and another person, made as the actor's request where there is none; held either way. */
export async function friendshipToAsk(
  ctx: UserCtx,
  other: UserId,
): Promise<{ friendship: Friendship; isNew: boolean }> {
  for (;;) {
    const [made] = await Friendship.query(ctx.db)
      .insert([{ ...pairOf(ctx.actor.id, other), requestedBy: ctx.actor.id }])
      .onConflict(['userA', 'userB'])
      .ignore()
      .returning('*')
    if (made?.status) return { friendship: made, isNew: true }
    const friendship = await friendshipWith(ctx, other).forUpdate()
    if (friendship) return { friendship, isNew: false } // none: it ended between the two statements
  }
}

export async function friendshipToEnd(ctx: UserCtx, friend: UserId): Promise<Friendship> {
  const friendship = await friendshipWith(ctx, friend).forUpdate()
  if (!areFriends(friendship)) throw NoFriend()
  return friendship
}
