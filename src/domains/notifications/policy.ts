import { raw, type QueryBuilder } from 'objection'
import type { Row } from '../../kernel/model.ts'
import type { UserCtx } from '../../kernel/scope.ts'
import { ofActive, ofMeetable } from '../accounts/policy.ts'
import { Comment } from '../comments/model.ts'
import { shownTo } from '../comments/policy.ts'
import { Friendship } from '../friends/model.ts'
import { Post } from '../posts/model.ts'
import { Session } from '../sessions/model.ts'
import { good } from '../sessions/policy.ts'
import type { Device, Notification } from './model.ts'

/** One's notifications whose subject still is what it was: only these are listed, counted and sent. */
export const current =
  (ctx: UserCtx) =>
  <R>(query: QueryBuilder<Notification, R>) => {
    query.modify(ofMeetable(ctx, 'notifications.actorId')).where(q => {
      q.where(q => {
        q.where('notifications.type', 'comment')
          .where(found(commentOf(ctx)))
          .where(found(postOf()))
      })
        .orWhere(q => {
          q.where('notifications.type', 'friend_request').where(found(friendshipAskedBy('actor_id')))
        })
        .orWhere(q => {
          const accepted = friendshipAskedBy('user_id').where('friendships.status', 'accepted')
          q.where('notifications.type', 'friend_accepted').where(found(accepted))
        })
    })
  }

/** Whether a query by key finds its row; one look for each notification, where `exists` may read a whole table first. */
const found = <M extends Row, R>(query: QueryBuilder<M, R>) => raw('(?) is not null', query)

const commentOf = (ctx: UserCtx) =>
  Comment.query().select('comments.id').modify(shownTo(ctx)).whereColumn('comments.id', 'notifications.subjectId')

const postOf = () =>
  Post.query().select('posts.id').whereNull('posts.deletedAt').whereColumn('posts.id', 'notifications.postId')

const friendshipAskedBy = (column: 'actor_id' | 'user_id') =>
  Friendship.query()
    .select('friendships.requestedBy')
    .whereRaw('user_a = least(user_id, actor_id) and user_b = greatest(user_id, actor_id)')
    .whereRaw('requested_by = ??', [column])

/** Devices that may be woken: those of active people whose session is good now, not only when it registered them. */
export const awake =
  (now: Date) =>
  <R>(query: QueryBuilder<Device, R>) => {
    const session = Session.query().modify(good(now)).whereColumn('sessions.id', 'devices.sessionId')
    query.modify(ofActive('devices.userId')).whereExists(session)
  }
