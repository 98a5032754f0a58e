import { UniqueViolationError } from 'objection'
import { command } from '../../kernel/command.ts'
import { perDay, perHour, perMinute } from '../../kernel/limit.ts'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { page, pageInput, pageOf } from '../../kernel/page.ts'
import { id, list, oneOf, optional, shape, text } from '../../kernel/shape.ts'
import type { MediaId } from '../media/model.ts'
import { mediaToAttach } from '../media/policy.ts'
import { linksOf, MediaLinks } from '../media/wire.ts'
import { PostCreated, PostDeleted } from './events.ts'
import { EmptyPost, MediaTaken } from './failures.ts'
import { Post, PostMedia, VISIBILITIES, type PostId } from './model.ts'
import { postToEdit, postToRead, visibleTo } from './policy.ts'
import { PostWire, toWire } from './wire.ts'

const attachment = shape({ mediaId: id<MediaId>(), altText: optional(text({ min: 0, max: 1000 })) })

export const createPost = command('post:create', {
  about: 'Publishes a post with text, photos, or both.',
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
    const photos = await mediaToAttach(
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
    await attach(ctx, attachments)
    post.attachments = attachments.map((row, at) => PostMedia.fromJson({ ...row, media: photos[at] }))
    const wire = toWire(post)
    ctx.emit(PostCreated, wire)
    return wire
  },
})

async function attach(ctx: UserCtx, attachments: readonly { mediaId: MediaId }[]) {
  if (attachments.length === 0) return
  try {
    await PostMedia.query(ctx.db).insert([...attachments])
  } catch (error) {
    throw error instanceof UniqueViolationError ? MediaTaken({}, { cause: error }) : error
  }
}

const withMedia = 'attachments(inOrder).media'
const inOrder = { inOrder: (query: { orderBy(column: string): unknown }) => void query.orderBy('position') }

export const getPost = command('post:get', {
  about: 'Reads one post, with links to its photos.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ postId: id<PostId>() }),
  ack: shape({ post: PostWire, links: list(MediaLinks, { max: 10 }) }),
  async run(ctx, { postId }) {
    const post = await postToRead(ctx, postId)
    await post.$fetchGraph(withMedia, { transaction: ctx.db }).modifiers(inOrder)
    const photos = (post.attachments ?? []).flatMap(({ media }) => media ?? [])
    return { post: toWire(post), links: await Promise.all(photos.map(photo => linksOf(ctx.ports, photo, ctx.now))) }
  },
})

export const listPosts = command('post:list', {
  about: 'The posts of one person that one may see, newest first.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ authorId: id<UserId>(), ...pageInput }),
  ack: page(PostWire),
  async run(ctx, { authorId, limit = 20, cursor }) {
    const posts = await Post.query(ctx.db)
      .where({ authorId })
      .modify(visibleTo(ctx))
      .modify(query => {
        if (cursor) void query.where('id', '<', cursor)
      })
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .withGraphFetched(withMedia)
      .modifiers(inOrder)
    return pageOf(posts, limit, toWire, ({ id }) => id)
  },
})

export const deletePost = command('post:delete', {
  about: 'Deletes one’s own post.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: shape({ postId: id<PostId>() }),
  ack: shape({}),
  async run(ctx, { postId }) {
    const { id, authorId, visibility } = await postToEdit(ctx, postId)
    await Post.query(ctx.db).findById(id).patch({ deletedAt: ctx.now })
    ctx.emit(PostDeleted, { id, authorId, visibility })
    return {}
  },
})
