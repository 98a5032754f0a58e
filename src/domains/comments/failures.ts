import { failure } from '../../kernel/failure.ts'

export const NoComment = failure('not_found', 'comment', 'There is no such comment')
export const NotYourComment = failure(
  'forbidden',
  'not_your_comment',
  'Only its author or the author of the post may do that',
)
