import { createHash } from 'node:crypto'
import { command } from '../../kernel/command.ts'
import type { SessionId } from '../../kernel/control.ts'
import { perDay, perMinute } from '../../kernel/limit.ts'
import type { UserCtx } from '../../kernel/scope.ts'
import { page, pageInput, pageOf } from '../../kernel/page.ts'
import { extended, integer, oneOf, shape, text } from '../../kernel/shape.ts'
import { NotificationsRead } from './events.ts'
import { Device, Notification } from './model.ts'
import { current } from './policy.ts'
import { NotificationWire, toWire } from './wire.ts'

const DEVICES_MAX = 10
const unreadCount = () => integer({ min: 0, max: 2 ** 31 })

const countUnread = (ctx: UserCtx) =>
  Notification.query(ctx.db).where({ userId: ctx.actor.id }).whereNull('readAt').modify(current(ctx)).resultSize()

export const listNotifications = command('notification:list', {
  about: 'What happened, newest first, and how much of it is unread.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape(pageInput),
  ack: extended(page(NotificationWire), { unread: unreadCount() }),
  async run(ctx, { limit = 20, cursor }) {
    const found = await Notification.query(ctx.db)
      .where({ userId: ctx.actor.id })
      .modify(current(ctx))
      .modify(query => {
        if (cursor) void query.where('id', '<', cursor)
      })
      .orderBy('id', 'desc')
      .limit(limit + 1)
    return { ...pageOf(found, limit, toWire, ({ id }) => id), unread: await countUnread(ctx) }
  },
})

export const readNotifications = command('notification:read_all', {
  about: 'Marks everything as read, on all of one’s devices.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: shape({}),
  ack: shape({ unread: unreadCount() }),
  async run(ctx) {
    const userId = ctx.actor.id
    const changed = await Notification.query(ctx.db).where({ userId }).whereNull('readAt').patch({ readAt: ctx.now })
    if (changed > 0) ctx.emit(NotificationsRead, { userId, unread: 0 })
    return { unread: 0 }
  },
})

export const registerDevice = command('device:register', {
  about: 'Lets this device be woken by push until its session ends.',
  auth: 'user',
  access: 'write',
  limits: { caller: perDay(10) },
  input: shape({ token: text({ max: 4096 }), platform: oneOf('android', 'ios', 'web') }),
  ack: shape({}),
  async run(ctx, { token, platform }) {
    const { id: userId, sessionId } = ctx.actor
    const tokenHash = createHash('sha256').update(token).digest()
    await take(ctx, { tokenHash, token, userId, sessionId: sessionId as SessionId, platform })
    const kept = Device.query(ctx.db)
      .where({ userId })
      .orderBy('createdAt', 'desc')
      .limit(DEVICES_MAX)
      .select('tokenHash')
    await Device.query(ctx.db).where({ userId }).whereNotIn('tokenHash', kept).delete()
    return {}
  },
})

/** Takes the token from whoever had it. Where two take it at once, the later one has it. */
async function take(ctx: UserCtx, device: Pick<Device, 'tokenHash' | 'token' | 'userId' | 'sessionId' | 'platform'>) {
  for (let taken = false; !taken;) {
    await ctx.db.raw('select take_device(?)', [device.tokenHash])
    const rows: unknown[] = await ctx
      .db('devices')
      .insert(device)
      .onConflict('tokenHash')
      .ignore()
      .returning('platform')
    taken = rows.length > 0
  }
}
