import { command } from '../../../kernel/command.ts'
import { perDay, perHour } from '../../../kernel/limit.ts'
import { id, list, oneOf, optional, shape, text } from '../../../kernel/shape.ts'
import type { MediaId } from '../../media/model.ts'
import { attachMedia } from '../../media/policy.ts'
import { PostCreated } from '../events.ts'
import { EmptyPost } from '../failures.ts'
import { Post, PostMedia, VISIBILITIES } from '../model.ts'
import { PostWire, toWire } from '../wire.ts'

const attachment = shape({ mediaId: id<MediaId>(), altText: optional(text({ min: 0, max: 1000 })) })

export const createPost = command('post:create', {
  about: 'Publishes a post with text, with photos, videos and sounds, or both.',
  auth: 'user',
  access: 'write',
  limits: { caller: [perHour(10), perDay(50)], newcomers: 1 / 5 },
  input: shape({
    text: optional(text({ min: 0, max: 5000 })),
    media: optional(list(attachment, { max: 10 })),
    visibility: optional(oneOf(...VISIBILITIES)),
  }),
  ack: PostWire,
  async run(ctx, { text = '', media = [], visibility = 'friends' }) {
    if (text.trim() === '' && media.length === 0) throw EmptyPost()
    const attached = await attachMedia(
      ctx,
      media.map(({ mediaId }) => mediaId),
    )
    const post = await Post.query(ctx.db).insert({ authorId: ctx.actor.id, text, visibility }).returning('*')
    const attachments = media.map(({ mediaId, altText = '' }, position) => ({
      postId: post.id,
      mediaId,
      altText,
      position,
    }))
    if (attachments.length > 0) await PostMedia.query(ctx.db).insert(attachments)
    post.attachments = attachments.map((row, at) => PostMedia.fromJson({ ...row, media: attached[at] }))
    const wire = toWire(post)
    ctx.emit(PostCreated, wire)
    return wire
  },
})
