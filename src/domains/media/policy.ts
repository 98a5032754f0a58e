import type { UserCtx } from '../../kernel/scope.ts'
import { MediaNotReady, NoMedia } from './failures.ts'
import { Media, type MediaId } from './model.ts'

/** One's own photo, held until the transaction ends. Others see a photo only through what it was put into. */
export async function mediaToChange(ctx: UserCtx, mediaId: MediaId): Promise<Media> {
  const media = await Media.query(ctx.db).findById(mediaId).forUpdate()
  if (media?.ownerId !== ctx.actor.id) throw NoMedia()
  return media
}

/** One's own photo, to look at. */
export async function mediaToRead(ctx: UserCtx, mediaId: MediaId): Promise<Media> {
  const media = await Media.query(ctx.db).findById(mediaId)
  if (media?.ownerId !== ctx.actor.id) throw NoMedia()
  return media
}

/** One's own photos, ready to be put into something, in the order asked for; held in one order, whatever was asked. */
export async function mediaToAttach(ctx: UserCtx, mediaIds: readonly MediaId[]): Promise<Media[]> {
  if (mediaIds.length === 0) return []
  const found = await Media.query(ctx.db)
    .findByIds([...mediaIds])
    .orderBy('id')
    .forUpdate()
  return mediaIds.map(id => {
    const media = found.find(media => media.id === id)
    if (media?.ownerId !== ctx.actor.id) throw NoMedia()
    if (media.status !== 'ready') throw MediaNotReady()
    return media
  })
}
