import { command } from '../../kernel/command.ts'
import { perDay, perMinute } from '../../kernel/limit.ts'
import type { UserCtx } from '../../kernel/scope.ts'
import { page, pageInput, pageOf } from '../../kernel/page.ts'
import { id, shape, text } from '../../kernel/shape.ts'
import { PostCounted } from '../posts/events.ts'
import { Post, type PostId } from '../posts/model.ts'
import { postToCount, postToRead } from '../posts/policy.ts'
import { CommentCreated, CommentDeleted } from './events.ts'
import { Comment, type CommentId } from './model.ts'
import { commentToDelete, shownTo } from './policy.ts'
import { CommentWire, toWire } from './wire.ts'

export const createComment = command('comment:create', {
  about: 'Comments on a post one may read.',
  auth: 'user',
  access: 'write',
  limits: {
    caller: [perMinute(20), perDay(300)],
    callerOn: { each: 'post', rates: perMinute(10), of: ({ postId }) => postId },
  },
  input: shape({ postId: id<PostId>(), text: text({ max: 2000 }) }),
  ack: CommentWire,
  async run(ctx, { postId, text }) {
    const post = await postToCount(ctx, postId)
    const comment = await Comment.query(ctx.db).insert({ postId, authorId: ctx.actor.id, text }).returning('*')
    const wire = toWire(comment, post)
    ctx.emit(CommentCreated, wire)
    await count(ctx, post, 1)
    return wire
  },
})

/** Changes the count together with the row it counts; the post is held by then. */
async function count(ctx: UserCtx, { id }: Post, by: 1 | -1): Promise<void> {
  const [post] = await Post.query(ctx.db)
    .where({ id })
    .patch({ commentCount: Post.raw('comment_count + ?', [by]), version: Post.raw('version + 1') })
    .returning('*')
  if (post) ctx.emit(PostCounted, { id, commentCount: post.commentCount, version: post.version })
}

export const listComments = command('comment:list', {
  about: 'The comments under a post, newest first.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ postId: id<PostId>(), ...pageInput }),
  ack: page(CommentWire),
  async run(ctx, { postId, limit = 20, cursor }) {
    const post = await postToRead(ctx, postId)
    const comments = await Comment.query(ctx.db)
      .where({ postId })
      .modify(shownTo(ctx))
      .modify(query => {
        if (cursor) void query.where('id', '<', cursor)
      })
      .orderBy('id', 'desc')
      .limit(limit + 1)
    return pageOf(
      comments,
      limit,
      comment => toWire(comment, post),
      ({ id }) => id,
    )
  },
})

export const deleteComment = command('comment:delete', {
  about: 'Deletes one’s own comment, or any under one’s own post.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: shape({ commentId: id<CommentId>() }),
  ack: shape({}),
  async run(ctx, { commentId }) {
    const { comment, post } = await commentToDelete(ctx, commentId)
    await Comment.query(ctx.db).findById(comment.id).patch({ deletedAt: ctx.now })
    ctx.emit(CommentDeleted, { id: comment.id, postId: post.id, postAuthorId: post.authorId })
    await count(ctx, post, -1)
    return {}
  },
})
