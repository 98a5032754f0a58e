import { slice } from '../../kernel/app.ts'
import { createPost } from './commands/create.ts'
import { deletePost } from './commands/delete.ts'
import { getPost, linkPosts, listPosts } from './commands/read.ts'
import { PostCounted, PostCreated, PostDeleted } from './events.ts'
import * as failures from './failures.ts'
import { postRoom } from './rooms.ts'

/** Posts: what people publish, and who may see it. */
export const posts = slice({
  commands: [createPost, getPost, listPosts, linkPosts, deletePost],
  events: [PostCreated, PostDeleted, PostCounted],
  rooms: [postRoom],
  failures: Object.values(failures),
})
