import type { Ctx, UserCtx } from '../../kernel/scope.ts'
import { MediaRemoved } from './events.ts'
import { MediaNotReady, MediaTaken, NoMedia } from './failures.ts'
import { Media, type MediaId } from './model.ts'
import { PurgeMedia } from './purging.ts'

const isOwn = (ctx: UserCtx, media: Media | undefined): media is Media =>
  media?.ownerId === ctx.actor.id && media.status !== 'removed'

/** One's own, held until the transaction ends. Others see it only through what it was put into. */
export async function mediaToChange(ctx: UserCtx, mediaId: MediaId): Promise<Media> {
  const media = await Media.query(ctx.db).findById(mediaId).forUpdate()
  if (!isOwn(ctx, media)) throw NoMedia()
  return media
}

/** One's own, to look at. */
export async function mediaToRead(ctx: UserCtx, mediaId: MediaId): Promise<Media> {
  const media = await Media.query(ctx.db).findById(mediaId)
  if (!isOwn(ctx, media)) throw NoMedia()
  return media
}

/** Several, held in one order by whoever holds them, so that nobody waits for each other. */
const held = ({ db }: Ctx, mediaIds: readonly MediaId[]) =>
  Media.query(db)
    .findByIds([...mediaIds])
    .orderBy('id')
    .forUpdate()

const ownHeld = (ctx: UserCtx, mediaIds: readonly MediaId[]) => held(ctx, mediaIds).where({ ownerId: ctx.actor.id })

/** Puts one's own into something, which happens to each once, and answers them in the order asked for. */
export async function attachMedia(ctx: UserCtx, mediaIds: readonly MediaId[]): Promise<Media[]> {
  if (mediaIds.length === 0) return []
  const found = await ownHeld(ctx, mediaIds)
  const media = mediaIds.map(id => {
    const media = found.find(media => media.id === id)
    if (!isOwn(ctx, media)) throw NoMedia()
    if (media.status !== 'ready') throw MediaNotReady()
    if (media.attachedAt || mediaIds.indexOf(id) !== mediaIds.lastIndexOf(id)) throw MediaTaken()
    return media
  })
  await Media.query(ctx.db)
    .findByIds([...mediaIds])
    .patch({ attachedAt: ctx.now })
  return media
}

/** Puts one's own in the place of others, which end; answers them in the order asked for. */
export async function replaceMedia(
  ctx: UserCtx,
  before: readonly MediaId[],
  mediaIds: readonly MediaId[],
): Promise<Media[]> {
  await ownHeld(ctx, [...before, ...mediaIds])
  const media = await attachMedia(ctx, mediaIds)
  await removeMedia(ctx, before)
  return media
}

/** Ends media whose owner let go of them, or of what they were in; their files follow within moments. */
export async function removeMedia(ctx: Ctx, mediaIds: readonly MediaId[]): Promise<void> {
  if (mediaIds.length === 0) return
  await held(ctx, mediaIds)
  const removed = await Media.query(ctx.db)
    .findByIds([...mediaIds])
    .whereNot('status', 'removed')
    .patch({ status: 'removed', failure: null })
    .returning(['id', 'ownerId'])
  for (const { id, ownerId } of removed) {
    ctx.enqueue(PurgeMedia, { mediaId: id })
    ctx.emit(MediaRemoved, { id, ownerId })
  }
}
