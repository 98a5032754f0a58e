import { slice } from '../../kernel/app.ts'
import { SessionClosed } from '../../kernel/control.ts'
import { on } from '../../kernel/event.ts'
import { CommentCreated } from '../comments/events.ts'
import { FriendAccepted, FriendRequested } from '../friends/events.ts'
import { listNotifications, readNotifications, registerDevice } from './commands.ts'
import { NotificationCreated, NotificationsRead } from './events.ts'
import { ForgetDevices, NotifyOfAcceptance, NotifyOfComment, NotifyOfRequest, PushNotification } from './jobs.ts'

/** Notifications: what concerns a person, on their open sockets and on their sleeping phones. */
export const notifications = slice({
  commands: [listNotifications, readNotifications, registerDevice],
  events: [NotificationCreated, NotificationsRead],
  jobs: [NotifyOfRequest, NotifyOfAcceptance, NotifyOfComment, PushNotification, ForgetDevices],
  reactions: [
    on(FriendRequested, ({ fromId, toId }, enqueue) => enqueue(NotifyOfRequest, { userId: toId, actorId: fromId })),
    on(FriendAccepted, ({ fromId, toId }, enqueue) => enqueue(NotifyOfAcceptance, { userId: fromId, actorId: toId })),
    on(CommentCreated, ({ id, postAuthorId }, enqueue) =>
      enqueue(NotifyOfComment, { userId: postAuthorId, commentId: id }),
    ),
    on(NotificationCreated, ({ id, userId }, enqueue) => enqueue(PushNotification, { userId, notificationId: id })),
    on(SessionClosed, ({ userId, sessionId }, enqueue) => enqueue(ForgetDevices, { userId, sessionId })),
  ],
})
