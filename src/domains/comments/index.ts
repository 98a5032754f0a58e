import { slice } from '../../kernel/app.ts'
import { createComment, deleteComment, listComments } from './commands.ts'
import { CommentCreated, CommentDeleted } from './events.ts'
import * as failures from './failures.ts'

/** Comments: what readers say under a post. */
export const comments = slice({
  commands: [createComment, listComments, deleteComment],
  events: [CommentCreated, CommentDeleted],
  failures: Object.values(failures),
})
