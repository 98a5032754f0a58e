import type { QueryBuilder } from 'objection'
import type { UserCtx } from '../../kernel/scope.ts'
import { ofMeetable } from '../accounts/policy.ts'
import type { Post } from '../posts/model.ts'
import { countablePost } from '../posts/policy.ts'
import { NoComment, NotYourComment } from './failures.ts'
import { Comment, type CommentId } from './model.ts'

/** The comments somebody who reads the post may see: not deleted, and of people they may meet. */
export const shownTo =
  (ctx: UserCtx) =>
  <R>(query: QueryBuilder<Comment, R>) => {
    query.whereNull('comments.deletedAt').modify(ofMeetable(ctx, 'comments.authorId'))
  }

/** A comment one may delete, with its post: one's own, or any under one's own post. Where the post is none, so is the comment. */
export async function commentToDelete(ctx: UserCtx, commentId: CommentId): Promise<{ comment: Comment; post: Post }> {
  const found = await Comment.query(ctx.db).findById(commentId).select('postId')
  // The post is held before the comment, as in creating one: two orders could wait for each other.
  const post = found && (await countablePost(ctx, found.postId))
  const comment = post && (await Comment.query(ctx.db).findById(commentId).modify(shownTo(ctx)).forUpdate())
  if (!comment) throw NoComment()
  if (![comment.authorId, post.authorId].includes(ctx.actor.id)) throw NotYourComment()
  return { comment, post }
}
