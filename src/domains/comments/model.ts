import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'
import type { PostId } from '../posts/model.ts'

export type CommentId = string & { readonly CommentId: unique symbol }

export class Comment extends Row {
  static override tableName = 'comments'
  declare id: CommentId
  declare postId: PostId
  declare authorId: UserId
  declare text: string
  declare deletedAt: Date | null
}
