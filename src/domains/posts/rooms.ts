import { Failure } from '../../kernel/failure.ts'
import { roomKind } from '../../kernel/room.ts'
import type { PostId } from './model.ts'
import { groundsOf, postToRead } from './policy.ts'

export const postRoom = roomKind<PostId>('post', {
  about: 'Whoever has one post open on screen; its comments and counts are heard here.',
  async admits(ctx, postId) {
    try {
      return groundsOf(ctx, await postToRead(ctx, postId))
    } catch (error) {
      if (error instanceof Failure) return null
      throw error
    }
  },
})
