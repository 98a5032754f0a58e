import { AccessRevoked } from '../../kernel/control.ts'
import type { UserCtx } from '../../kernel/scope.ts'
import { FriendRemoved, FriendRequestClosed } from './events.ts'
import { Friendship, otherOf } from './model.ts'
import { areFriends } from './policy.ts'
import { friendsRoom } from './rooms.ts'

/** Ends a friendship or a request that is held. Only the actor is told; friends hear no more of each other. */
export async function endFriendship(ctx: UserCtx, friendship: Friendship): Promise<void> {
  const { userA, userB } = friendship
  await Friendship.query(ctx.db).deleteById([userA, userB])
  const ended = { actorId: ctx.actor.id, otherId: otherOf(friendship, ctx.actor.id) }
  if (!areFriends(friendship)) return ctx.emit(FriendRequestClosed, ended)
  ctx.emit(AccessRevoked, { userId: userA, rooms: [friendsRoom(userB)] })
  ctx.emit(AccessRevoked, { userId: userB, rooms: [friendsRoom(userA)] })
  ctx.emit(FriendRemoved, ended)
}
