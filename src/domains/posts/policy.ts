import type { QueryBuilder } from 'objection'
import type { Room } from '../../kernel/room.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { User } from '../accounts/model.ts'
import { areFriends, friendIds, friendshipWith } from '../friends/policy.ts'
import { friendsRoom } from '../friends/rooms.ts'
import { NoPost, NotYourPost } from './failures.ts'
import { Post, type PostId } from './model.ts'

/** Where a viewer stands to the author of a post. */
export interface Standing {
  readonly viewer: UserId
  readonly friends: boolean
  /** The author's account is active. */
  readonly active: boolean
}

/** Who may see a post: the same rule for one row in hand and for a query over many. */
export const isVisible = (post: Post, { viewer, friends, active }: Standing): boolean =>
  post.deletedAt === null &&
  (post.authorId === viewer || (active && (post.visibility === 'public' || (post.visibility === 'friends' && friends))))

export const visibleTo =
  (ctx: UserCtx) =>
  <R>(query: QueryBuilder<Post, R>) => {
    const active = User.query(ctx.db).where({ status: 'active' }).select('id')
    query.whereNull('posts.deletedAt').where(q => {
      q.where('posts.authorId', ctx.actor.id).orWhere(q => {
        q.whereIn('posts.authorId', active).where(q => {
          q.where('posts.visibility', 'public').orWhere(q => {
            q.where('posts.visibility', 'friends').whereIn('posts.authorId', friendIds(ctx.db, ctx.actor.id))
          })
        })
      })
    })
  }

async function standingTo(ctx: UserCtx, author: UserId): Promise<Standing> {
  const viewer = ctx.actor.id
  if (author === viewer) return { viewer, friends: false, active: true }
  const friendship = await friendshipWith(ctx, author)
  const user = await User.query(ctx.db).findById(author).select('status')
  return { viewer, friends: areFriends(friendship), active: user?.status === 'active' }
}

/** The only ways to hold a post; each proves its right before returning it. */
export async function postToRead(ctx: UserCtx, postId: PostId): Promise<Post> {
  const post = await Post.query(ctx.db).findById(postId)
  if (!post || !isVisible(post, await standingTo(ctx, post.authorId))) throw NoPost()
  return post
}

/** A post one may read, held so that its counters can be changed. */
export async function postToCount(ctx: UserCtx, postId: PostId): Promise<Post> {
  await postToRead(ctx, postId)
  const post = await Post.query(ctx.db).findById(postId).whereNull('deletedAt').forUpdate()
  if (!post) throw NoPost()
  return post
}

export async function postToEdit(ctx: UserCtx, postId: PostId): Promise<Post> {
  const post = await Post.query(ctx.db).findById(postId).forUpdate()
  if (!post || !isVisible(post, await standingTo(ctx, post.authorId))) throw NoPost()
  if (post.authorId !== ctx.actor.id) throw NotYourPost()
  return post
}

/** The rooms on which a reader's right to this post rests: when one is lost, so is the right. */
export const groundsOf = (ctx: UserCtx, { authorId, visibility }: Post): readonly Room[] =>
  authorId !== ctx.actor.id && visibility === 'friends' ? [friendsRoom(authorId)] : [deviceRoom(ctx.actor.id)]
