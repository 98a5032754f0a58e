import { command } from '../../kernel/command.ts'
import { AccessGranted } from '../../kernel/control.ts'
import { perDay, perHour, perMinute } from '../../kernel/limit.ts'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { page, pageInput, pageOf } from '../../kernel/page.ts'
import { id, oneOf, shape } from '../../kernel/shape.ts'
import { holdPair, personToMeet } from '../accounts/policy.ts'
import { endFriendship } from './ending.ts'
import { FriendAccepted, FriendRequested } from './events.ts'
import { NotYourself } from './failures.ts'
import { Friendship, otherOf } from './model.ts'
import { friendshipToAsk, friendshipToEnd, requestBetween, requestToAnswer } from './policy.ts'
import { friendsRoom } from './rooms.ts'
import { FriendWire, toWire, type FriendRow } from './wire.ts'

const person = shape({ userId: id<UserId>() })
const state = shape({ status: oneOf('pending', 'accepted') })

export const requestFriend = command('friend:request', {
  about: 'Asks a person to be friends. When they have asked already, this accepts.',
  auth: 'user',
  access: 'write',
  limits: {
    caller: [perHour(60), perDay(200)],
    callerOn: { each: 'person', rates: perDay(3), of: ({ userId }) => userId },
  },
  input: person,
  ack: state,
  async run(ctx, { userId }) {
    if (userId === ctx.actor.id) throw NotYourself()
    await holdPair(ctx, userId)
    await personToMeet(ctx, userId)
    const { friendship, isNew } = await friendshipToAsk(ctx, userId)
    if (isNew) ctx.emit(FriendRequested, { fromId: ctx.actor.id, toId: userId, at: ctx.now.toISOString() })
    if (friendship.status === 'accepted' || friendship.requestedBy === ctx.actor.id)
      return { status: friendship.status }
    await befriend(ctx, friendship)
    return { status: 'accepted' }
  },
})

/** Makes friends of two people: from here on each hears what the other shares with friends. */
async function befriend(ctx: UserCtx, friendship: Friendship): Promise<void> {
  const { userA, userB, requestedBy } = friendship
  await Friendship.query(ctx.db).findById([userA, userB]).patch({ status: 'accepted', acceptedAt: ctx.now })
  ctx.emit(AccessGranted, { userId: userA, rooms: [friendsRoom(userB)] })
  ctx.emit(AccessGranted, { userId: userB, rooms: [friendsRoom(userA)] })
  ctx.emit(FriendAccepted, { fromId: requestedBy, toId: otherOf(friendship, requestedBy), at: ctx.now.toISOString() })
}

export const acceptFriend = command('friend:accept', {
  about: 'Accepts a request.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: person,
  ack: state,
  async run(ctx, { userId }) {
    await personToMeet(ctx, userId)
    await befriend(ctx, await requestToAnswer(ctx, userId))
    return { status: 'accepted' }
  },
})

export const closeRequest = command('friend:decline', {
  about: 'Declines a request, or takes back one’s own. The other person is not told.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: person,
  ack: shape({}),
  async run(ctx, { userId }) {
    await endFriendship(ctx, await requestBetween(ctx, userId))
    return {}
  },
})

export const removeFriend = command('friend:remove', {
  about: 'Ends a friendship: neither hears any more what the other shares with friends. The other person is not told.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: person,
  ack: shape({}),
  async run(ctx, { userId }) {
    await endFriendship(ctx, await friendshipToEnd(ctx, userId))
    return {}
  },
})

export const listFriends = command('friend:list', {
  about: 'One’s friends and open requests.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape(pageInput),
  ack: page(FriendWire),
  async run(ctx, { limit = 50, cursor }) {
    const me = ctx.actor.id
    const other = ctx.db.raw('case when user_a = ? then user_b else user_a end', [me])
    const found = ctx
      .db('friendships')
      .where(q => {
        void q.where({ userA: me }).orWhere({ userB: me })
      })
      .select('status', 'requestedBy', ctx.db.raw('? as other_id', [other]))
    const rows = (await ctx.db
      .from(found.as('found'))
      .join('users', 'users.id', 'otherId')
      .where('users.status', 'active')
      .leftJoin('profiles', 'profiles.userId', 'otherId')
      .modify(query => {
        if (cursor) void query.where('otherId', '>', cursor)
      })
      .orderBy('otherId')
      .limit(limit + 1)
      .select('otherId', 'found.status', 'requestedBy', 'displayName')) as FriendRow[]
    return pageOf(rows, limit, toWire, ({ userId }) => userId)
  },
})
