import { roomKind } from '../../kernel/room.ts'
import type { PostId } from './model.ts'
import { groundsOf, readablePost } from './policy.ts'

export const postRoom = roomKind<PostId>('post', {
  about: 'Whoever has one post open on screen; its comments and counts are heard here.',
  async admits(ctx, postId) {
    const post = await readablePost(ctx, postId)
    return post && groundsOf(ctx, post)
  },
})
