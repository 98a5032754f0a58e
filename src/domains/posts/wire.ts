import type { UserId } from '../../kernel/scope.ts'
import { id, instant, integer, list, oneOf, shape, text, type Infer } from '../../kernel/shape.ts'
import { MediaWire, toWire as toMediaWire } from '../media/wire.ts'
import { VISIBILITIES, type Post, type PostId } from './model.ts'

/** A post as everyone who may read it is told of it. */
export const PostWire = shape({
  id: id<PostId>(),
  authorId: id<UserId>(),
  text: text({ min: 0, max: 5000 }),
  visibility: oneOf(...VISIBILITIES),
  media: list(shape({ altText: text({ min: 0, max: 1000 }), media: MediaWire }), { max: 10 }),
  commentCount: integer({ min: 0, max: 2 ** 31 }),
  /** Grows with every change; of two states the one with the greater version is newer. */
  version: integer({ min: 1, max: 2 ** 31 }),
  createdAt: instant(),
})
export type PostWire = Infer<typeof PostWire>

/** Needs the post's attachments with their media, in order. */
export const toWire = (post: Post): PostWire => ({
  id: post.id,
  authorId: post.authorId,
  text: post.text,
  visibility: post.visibility,
  media: (post.attachments ?? []).flatMap(({ altText, media }) =>
    media ? [{ altText, media: toMediaWire(media) }] : [],
  ),
  commentCount: post.commentCount,
  version: post.version,
  createdAt: post.createdAt.toISOString(),
})
