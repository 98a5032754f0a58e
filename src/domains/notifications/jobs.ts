import type { SessionId } from '../../kernel/control.ts'
import { job } from '../../kernel/job.ts'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { id, shape } from '../../kernel/shape.ts'
import { mayMeet } from '../accounts/policy.ts'
import { Comment, type CommentId } from '../comments/model.ts'
import { shownTo } from '../comments/policy.ts'
import { friendshipWith } from '../friends/policy.ts'
import { maySee, readablePost } from '../posts/policy.ts'
import type { NotificationType } from '../settings/model.ts'
import { wantsPush } from '../settings/policy.ts'
import { NotificationCreated } from './events.ts'
import { Device, Notification, type NotificationId } from './model.ts'
import { awake, current } from './policy.ts'
import { toWire } from './wire.ts'

const DAY_MS = 24 * 3_600_000

/**
 * Writes a notification once and tells of it; a repeat finds it there and says nothing. The same thing happening
 * anew, such as a second request after the first was declined, renews it, at most once a day.
 */
async function notify(
  ctx: UserCtx,
  about: { type: NotificationType; actorId: UserId; subjectId: string; postId?: Notification['postId'] },
  happenedAt: Date,
) {
  const dayAgo = ctx.now.getTime() - DAY_MS
  const [made] = await Notification.query(ctx.db)
    .insert([{ userId: ctx.actor.id, ...about }])
    .onConflict(['userId', 'type', 'subjectId'])
    .merge({ id: Notification.raw('uuidv7()'), createdAt: ctx.now, readAt: null, pushedAt: null })
    .where('notifications.createdAt', '<', new Date(Math.min(happenedAt.getTime(), dayAgo)))
    .returning('*')
  if (made?.id) ctx.emit(NotificationCreated, toWire(made))
}

const between = shape({ userId: id<UserId>(), actorId: id<UserId>() })

export const NotifyOfRequest = job('notification:of_request', {
  about: 'Notifies a person of a friend request, if it still waits. The notification is unique, so twice is once.',
  payload: between,
  queue: 'notify',
  attempts: 12,
  run: ({ scopeFor }, { userId, actorId }) =>
    scopeFor(userId, async ctx => {
      const friendship = await friendshipWith(ctx, actorId)
      if (friendship?.status !== 'pending' || friendship.requestedBy !== actorId) return
      if (!(await mayMeet(ctx, actorId))) return
      await notify(ctx, { type: 'friend_request', actorId, subjectId: actorId }, friendship.createdAt)
    }),
})

export const NotifyOfAcceptance = job('notification:of_acceptance', {
  about: 'Notifies a person that their request was accepted. The notification is unique, so twice is once.',
  payload: between,
  queue: 'notify',
  attempts: 12,
  run: ({ scopeFor }, { userId, actorId }) =>
    scopeFor(userId, async ctx => {
      const friendship = await friendshipWith(ctx, actorId)
      if (!friendship?.acceptedAt || friendship.requestedBy !== userId) return
      if (!(await mayMeet(ctx, actorId))) return
      await notify(ctx, { type: 'friend_accepted', actorId, subjectId: actorId }, friendship.acceptedAt)
    }),
})

export const NotifyOfComment = job('notification:of_comment', {
  about:
    'Notifies the author of a post of a comment, if its writer may still see the post. The notification is unique, so twice is once.',
  payload: shape({ userId: id<UserId>(), commentId: id<CommentId>() }),
  queue: 'notify',
  attempts: 12,
  run: ({ scopeFor }, { userId, commentId }) =>
    scopeFor(userId, async ctx => {
      const comment = await Comment.query(ctx.db).findById(commentId).modify(shownTo(ctx))
      if (!comment || comment.authorId === userId) return
      const { authorId, postId, createdAt } = comment
      const post = await readablePost(ctx, postId)
      if (!post || !(await maySee(ctx.db, authorId, post))) return
      await notify(ctx, { type: 'comment', actorId: authorId, subjectId: commentId, postId }, createdAt)
    }),
})

export const PushNotification = job('notification:push', {
  about:
    'Wakes a person’s phones, unless they want no such push. On a phone a message takes the place of its repeat, so twice shows once.',
  payload: shape({ userId: id<UserId>(), notificationId: id<NotificationId>() }),
  queue: 'push',
  attempts: 12,
  async run({ scopeFor, ports }, { userId, notificationId }) {
    const due = await scopeFor(userId, async ctx => {
      const notification = await Notification.query(ctx.db)
        .findById(notificationId)
        .whereNull('pushedAt')
        .whereNull('readAt')
        .modify(current(ctx))
      if (!notification || !(await wantsPush(ctx, notification.type))) return null
      return { notification, devices: await Device.query(ctx.db).where({ userId }).modify(awake(ctx.now)) }
    })
    if (!due) return
    const { type, id, actorId, postId } = due.notification
    const tokens = due.devices.map(({ token }) => token)
    const data = { type, notificationId: id, actorId, ...(postId && { postId }) }
    const outcomes = await ports.push.send(tokens, data, id)
    if (tokens.length > 0 && outcomes.every(outcome => outcome === 'failed'))
      throw new Error('No phone could be reached')
    await scopeFor(userId, async ctx => {
      const gone = due.devices.filter((_, at) => outcomes[at] === 'gone').map(({ tokenHash }) => tokenHash)
      await Device.query(ctx.db).whereIn('tokenHash', gone).delete()
      await Notification.query(ctx.db).findById(notificationId).patch({ pushedAt: ctx.now })
    })
  },
})

export const ForgetDevices = job('notification:forget_devices', {
  about: 'Forgets the phones of a session that ended. Deleting twice deletes once.',
  payload: shape({ userId: id<UserId>(), sessionId: id<SessionId>() }),
  queue: 'notify',
  attempts: 12,
  async run({ scopeFor }, { userId, sessionId }) {
    await scopeFor(userId, ctx => Device.query(ctx.db).where({ sessionId }).delete())
  },
})
