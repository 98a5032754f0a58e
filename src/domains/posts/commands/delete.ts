import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import { id, shape } from '../../../kernel/shape.ts'
import { removeMedia } from '../../media/policy.ts'
import { PostDeleted } from '../events.ts'
import { Post, PostMedia, type PostId } from '../model.ts'
import { postToEdit } from '../policy.ts'

export const deletePost = command('post:delete', {
  about: 'Deletes one’s own post, with all that is in it.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: shape({ postId: id<PostId>() }),
  ack: shape({}),
  async run(ctx, { postId }) {
    const { id, authorId, visibility } = await postToEdit(ctx, postId)
    await Post.query(ctx.db).findById(id).patch({ deletedAt: ctx.now })
    const attachments = await PostMedia.query(ctx.db).where({ postId: id }).select('mediaId')
    await removeMedia(
      ctx,
      attachments.map(({ mediaId }) => mediaId),
    )
    ctx.emit(PostDeleted, { id, authorId, visibility })
    return {}
  },
})
