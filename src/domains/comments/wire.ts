import type { UserId } from '../../kernel/scope.ts'
import { id, instant, shape, text, type Infer } from '../../kernel/shape.ts'
import type { Post, PostId } from '../posts/model.ts'
import type { Comment, CommentId } from './model.ts'

export const CommentWire = shape({
  id: id<CommentId>(),
  postId: id<PostId>(),
  postAuthorId: id<UserId>(),
  authorId: id<UserId>(),
  text: text({ max: 2000 }),
  createdAt: instant(),
})
export type CommentWire = Infer<typeof CommentWire>

export const toWire = (comment: Comment, post: Post): CommentWire => ({
  id: comment.id,
  postId: comment.postId,
  postAuthorId: post.authorId,
  authorId: comment.authorId,
  text: comment.text,
  createdAt: comment.createdAt.toISOString(),
})
