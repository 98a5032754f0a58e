import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import type { UserCtx, UserId } from '../../../kernel/scope.ts'
import { page, pageInput, pageOf } from '../../../kernel/page.ts'
import { extended, id, list, shape } from '../../../kernel/shape.ts'
import { linksInput, linksTo } from '../../media/links.ts'
import { MediaLinks } from '../../media/wire.ts'
import { Post, type PostId } from '../model.ts'
import { postToRead, visibleTo } from '../policy.ts'
import { PostWire, toWire } from '../wire.ts'

const withMedia = 'attachments(inOrder).media'
const inOrder = { inOrder: (query: { orderBy(column: string): unknown }) => void query.orderBy('position') }

/** Links to all that is in these posts. */
const linksIn = (ctx: UserCtx, posts: readonly Post[], dataSaver?: boolean) =>
  linksTo(
    ctx,
    posts.flatMap(({ attachments = [] }) => attachments.flatMap(({ media }) => media ?? [])),
    dataSaver,
  )

export const getPost = command('post:get', {
  about: 'Reads one post, with links to what is in it.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ postId: id<PostId>(), ...linksInput }),
  ack: shape({ post: PostWire, links: list(MediaLinks, { max: 10 }) }),
  async run(ctx, { postId, dataSaver }) {
    const post = await postToRead(ctx, postId)
    await post.$fetchGraph(withMedia, { transaction: ctx.db }).modifiers(inOrder)
    return { post: toWire(post), links: await linksIn(ctx, [post], dataSaver) }
  },
})

export const listPosts = command('post:list', {
  about: 'The posts of one person that one may see, newest first, with links to what is in them.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ authorId: id<UserId>(), ...pageInput, ...linksInput }),
  ack: extended(page(PostWire), { links: list(MediaLinks, { max: 1000 }) }),
  async run(ctx, { authorId, limit = 20, cursor, dataSaver }) {
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
    const links = await linksIn(ctx, posts.slice(0, limit), dataSaver)
    return { ...pageOf(posts, limit, toWire, ({ id }) => id), links }
  },
})

export const linkPosts = command('post:links', {
  about: 'New links to what is in posts one may see, for those on screen when theirs end.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ postIds: list(id<PostId>(), { max: 50, unique: true }), ...linksInput }),
  ack: shape({ links: list(MediaLinks, { max: 500 }) }),
  async run(ctx, { postIds, dataSaver }) {
    const posts = await Post.query(ctx.db)
      .findByIds([...postIds])
      .modify(visibleTo(ctx))
      .withGraphFetched(withMedia)
      .modifiers(inOrder)
    return { links: await linksIn(ctx, posts, dataSaver) }
  },
})
