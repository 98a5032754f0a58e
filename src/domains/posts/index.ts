import { slice } from '../../kernel/app.ts'
import { createPost, deletePost, getPost, listPosts } from './commands.ts'
import { PostCounted, PostCreated, PostDeleted } from './events.ts'
import * as failures from './failures.ts'
import { postRoom } from './rooms.ts'

/** Posts: what people publish, and who may see it. */
export const posts = slice({
  commands: [createPost, getPost, listPosts, deletePost],
  events: [PostCreated, PostDeleted, PostCounted],
  rooms: [postRoom],
  failures: Object.values(failures),
})
