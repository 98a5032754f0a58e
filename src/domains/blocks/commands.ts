import { command } from '../../kernel/command.ts'
import { AccessGranted, AccessRevoked } from '../../kernel/control.ts'
import { perMinute } from '../../kernel/limit.ts'
import { page, pageInput, pageOf } from '../../kernel/page.ts'
import { id, shape } from '../../kernel/shape.ts'
import type { UserId } from '../../kernel/scope.ts'
import { Block } from '../accounts/model.ts'
import { blocksBetween, personToBlock } from '../accounts/policy.ts'
import { endFriendship } from '../friends/ending.ts'
import { NotYourself } from '../friends/failures.ts'
import { friendshipWith } from '../friends/policy.ts'
import { BlockCreated, BlockRemoved } from './events.ts'
import { hiddenRoom } from './rooms.ts'
import { BlockWire, toWire, type BlockRow } from './wire.ts'

const person = shape({ userId: id<UserId>() })

export const createBlock = command('block:create', {
  about:
    'Hides a person and oneself from each other and ends what was between them. The other person is not told. Blocking twice is no error.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: person,
  ack: shape({}),
  async run(ctx, { userId }) {
    const me = ctx.actor.id
    if (userId === me) throw NotYourself()
    await personToBlock(ctx, userId)
    const blocks = await blocksBetween(ctx, userId)
    if (blocks.some(({ blockerId }) => blockerId === me)) return {}
    await Block.query(ctx.db).insert({ blockerId: me, blockedId: userId })
    if (blocks.length === 0) {
      ctx.emit(AccessGranted, { userId: me, rooms: [hiddenRoom(userId)] })
      ctx.emit(AccessGranted, { userId, rooms: [hiddenRoom(me)] })
    }
    const friendship = await friendshipWith(ctx, userId).forUpdate()
    if (friendship) await endFriendship(ctx, friendship)
    ctx.emit(BlockCreated, { blockerId: me, blockedId: userId })
    return {}
  },
})

export const removeBlock = command('block:remove', {
  about: 'Takes back one’s own block; what it ended stays ended. The other person is not told. No block is no error.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: person,
  ack: shape({}),
  async run(ctx, { userId }) {
    const me = ctx.actor.id
    const blocks = await blocksBetween(ctx, userId)
    const lifted = await Block.query(ctx.db).deleteById([me, userId])
    if (lifted === 0) return {}
    if (blocks.length === 1) {
      ctx.emit(AccessRevoked, { userId: me, rooms: [hiddenRoom(userId)] })
      ctx.emit(AccessRevoked, { userId, rooms: [hiddenRoom(me)] })
    }
    ctx.emit(BlockRemoved, { blockerId: me, blockedId: userId })
    return {}
  },
})

export const listBlocks = command('block:list', {
  about: 'Whom one has blocked. Nobody else can read it.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape(pageInput),
  ack: page(BlockWire),
  async run(ctx, { limit = 50, cursor }) {
    const me = ctx.actor.id
    // Of somebody who is not active, or has blocked one as well, one reads nothing, and so not the name.
    const named = ctx
      .db('profiles')
      .join('users', 'users.id', 'profiles.userId')
      .where('users.status', 'active')
      .whereNotIn('profiles.userId', Block.query(ctx.db).where({ blockedId: me }).select('blockerId').toKnexQuery())
      .where('profiles.userId', ctx.db.ref('blocks.blockedId'))
      .select('displayName')
    const rows = (await ctx
      .db('blocks')
      .where({ blockerId: me })
      .modify(query => {
        if (cursor) void query.where('blockedId', '>', cursor)
      })
      .orderBy('blockedId')
      .limit(limit + 1)
      .select('blockedId', 'createdAt', named.as('displayName'))) as BlockRow[]
    return pageOf(rows, limit, toWire, ({ userId }) => userId)
  },
})
