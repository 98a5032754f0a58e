import { randomUUID } from 'node:crypto'
import { command } from '../../kernel/command.ts'
import { perHour, perMinute } from '../../kernel/limit.ts'
import { dictionary, id, instant, integer, nullable, oneOf, shape, url } from '../../kernel/shape.ts'
import { holdOwnAccount } from '../accounts/policy.ts'
import { TooManyUploads } from './failures.ts'
import { RenderMedia } from './jobs.ts'
import { Media, type MediaId } from './model.ts'
import { mediaToChange, mediaToRead } from './policy.ts'
import { linksOf, MediaLinks, MediaWire, toWire } from './wire.ts'

const MAX_BYTES = 10 * 1024 * 1024
const UPLOAD_SECONDS = 600
const UNFINISHED_MAX = 10

export const signUpload = command('upload:sign', {
  about: 'Gives the right to upload one photo: send exactly this request, then `upload:complete`.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(60) },
  http: '/v1/uploads',
  input: shape({
    contentType: oneOf('image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'),
    bytes: integer({ min: 1, max: MAX_BYTES }),
  }),
  ack: shape({ mediaId: id<MediaId>(), method: oneOf('PUT'), url: url(), headers: dictionary(), expiresAt: instant() }),
  async run(ctx, { contentType, bytes }) {
    await holdOwnAccount(ctx) // two devices at once count one after the other
    const unfinished = await Media.query(ctx.db)
      .where({ ownerId: ctx.actor.id })
      .where(q => {
        q.where({ status: 'processing' }).orWhere(q => {
          q.where({ status: 'awaiting' }).where('createdAt', '>', minutesAgo(ctx.now, 60))
        })
      })
      .resultSize()
    if (unfinished >= UNFINISHED_MAX) throw TooManyUploads()
    const uploadKey = `uploads/${randomUUID()}`
    const media = await Media.query(ctx.db)
      .insert({ ownerId: ctx.actor.id, uploadKey, contentType, bytes })
      .returning('*')
    const signed = await ctx.ports.blobs.signUpload(uploadKey, {
      contentType,
      maxBytes: bytes,
      seconds: UPLOAD_SECONDS,
    })
    return {
      mediaId: media.id,
      ...signed,
      expiresAt: new Date(ctx.now.getTime() + UPLOAD_SECONDS * 1000).toISOString(),
    }
  },
})

const minutesAgo = (now: Date, minutes: number) => new Date(now.getTime() - minutes * 60_000)

export const completeUpload = command('upload:complete', {
  about: 'Tells that the upload is done; `media:progressed`, then `media:ready` or `media:failed` follow.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: shape({ mediaId: id<MediaId>() }),
  ack: MediaWire,
  async run(ctx, { mediaId }) {
    const media = await mediaToChange(ctx, mediaId)
    if (media.status !== 'awaiting') return toWire(media)
    ctx.enqueue(RenderMedia, { mediaId })
    return toWire(await media.$query(ctx.db).patchAndFetch({ status: 'processing' }))
  },
})

export const getMedia = command('media:get', {
  about: 'One’s own photo, with links when it is ready.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ mediaId: id<MediaId>() }),
  ack: shape({ media: MediaWire, links: nullable(MediaLinks) }),
  async run(ctx, { mediaId }) {
    const media = await mediaToRead(ctx, mediaId)
    return { media: toWire(media), links: media.status === 'ready' ? await linksOf(ctx.ports, media, ctx.now) : null }
  },
})
