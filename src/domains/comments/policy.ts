import type { UserCtx } from '../../kernel/scope.ts'
import type { Post } from '../posts/model.ts'
import { postToCount } from '../posts/policy.ts'
import { NoComment, NotYourComment } from './failures.ts'
import { Comment, type CommentId } from './model.ts'

/** A comment one may delete, with its post: one's own, or any under one's own post. */
export async function commentToDelete(ctx: UserCtx, commentId: CommentId): Promise<{ comment: Comment; post: Post }> {
  const found = await Comment.query(ctx.db).findById(commentId).select('postId')
  if (!found) throw NoComment()
  const post = await postToCount(ctx, found.postId)
  const comment = await Comment.query(ctx.db).findById(commentId).whereNull('deletedAt').forUpdate()
  if (!comment) throw NoComment()
  if (![comment.authorId, post.authorId].includes(ctx.actor.id)) throw NotYourComment()
  return { comment, post }
}
