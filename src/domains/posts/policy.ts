import type { Knex } from 'knex'
import type { QueryBuilder } from 'objection'
import { deviceRoom, type Grounds } from '../../kernel/room.ts'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { meetingOf, ofMeetable, ofPublic, type Meeting } from '../accounts/policy.ts'
import { hiddenRoom } from '../blocks/rooms.ts'
import { areFriends, friendIds, friendshipOf } from '../friends/policy.ts'
import { friendsRoom } from '../friends/rooms.ts'
import { guestsRoom } from '../settings/rooms.ts'
import { NoPost, NotYourPost } from './failures.ts'
import { Post, type PostId } from './model.ts'

/** Where a viewer stands to the author of a post. */
export interface Standing extends Meeting {
  readonly viewer: UserId
  readonly friends: boolean
}

/**
 * Who may see a post: the same rule for one row in hand and for a query over many. What is public of a private account is
 * for friends.
 */
export const isVisible = (post: Post, { viewer, friends, active, hidden, isPrivate }: Standing): boolean =>
  post.deletedAt === null &&
  (post.authorId === viewer ||
    (active && !hidden && ((post.visibility === 'public' && !isPrivate) || (post.visibility !== 'private' && friends))))

export const visibleTo =
  (ctx: UserCtx) =>
  <R>(query: QueryBuilder<Post, R>) => {
    query.whereNull('posts.deletedAt').where(q => {
      q.where('posts.authorId', ctx.actor.id).orWhere(q => {
        q.modify(ofMeetable(ctx, 'posts.authorId')).where(q => {
          q.where('posts.visibility', 'public')
            .modify(ofPublic('posts.authorId'))
            .orWhere(q => {
              q.whereNot('posts.visibility', 'private').whereIn('posts.authorId', friendIds(ctx.db, ctx.actor.id))
            })
        })
      })
    })
  }

const OWN: Meeting = { active: true, hidden: false, isPrivate: false }

/** Whether this person may see a post: whoever acts, or anybody where the author acts, who sees the blocks between them. */
export async function maySee(db: Knex, viewer: UserId, post: Post): Promise<boolean> {
  if (post.authorId === viewer) return isVisible(post, { viewer, friends: false, ...OWN })
  const meeting = await meetingOf(db, viewer, post.authorId)
  const forFriends = post.visibility === 'friends' || (post.visibility === 'public' && meeting.isPrivate)
  const friends = forFriends && areFriends(await friendshipOf(db, viewer, post.authorId))
  return isVisible(post, { viewer, friends, ...meeting })
}

/** A post if the actor may see it. */
export async function readablePost(ctx: UserCtx, postId: PostId): Promise<Post | null> {
  const post = await Post.query(ctx.db).findById(postId)
  return post && (await maySee(ctx.db, ctx.actor.id, post)) ? post : null
}

/** A post the actor may see, held so that its counters can be changed. */
export async function countablePost(ctx: UserCtx, postId: PostId): Promise<Post | null> {
  if (!(await readablePost(ctx, postId))) return null
  const post = await Post.query(ctx.db).findById(postId).whereNull('deletedAt').forUpdate()
  return post ?? null
}

/** The only ways to hold a post by its id; each proves its right before returning it. */
export async function postToRead(ctx: UserCtx, postId: PostId): Promise<Post> {
  const post = await readablePost(ctx, postId)
  if (!post) throw NoPost()
  return post
}

export async function postToCount(ctx: UserCtx, postId: PostId): Promise<Post> {
  const post = await countablePost(ctx, postId)
  if (!post) throw NoPost()
  return post
}

export async function postToEdit(ctx: UserCtx, postId: PostId): Promise<Post> {
  const post = await Post.query(ctx.db).findById(postId).forUpdate()
  if (!post || !(await maySee(ctx.db, ctx.actor.id, post))) throw NoPost()
  if (post.authorId !== ctx.actor.id) throw NotYourPost()
  return post
}

/** What a reader's right to this post rests on, as long as the post is open on screen. */
export async function groundsOf({ db, actor: { id } }: UserCtx, { authorId, visibility }: Post): Promise<Grounds> {
  const bars = [hiddenRoom(authorId)]
  if (authorId === id) return { needs: [deviceRoom(id)], bars }
  const isGuest = visibility === 'public' && !areFriends(await friendshipOf(db, id, authorId))
  if (!isGuest) return { needs: [friendsRoom(authorId)], bars }
  return { needs: [guestsRoom(authorId)], bars, brings: [guestsRoom(authorId)] }
}
