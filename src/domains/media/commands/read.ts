import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import { id, integer, nullable, shape } from '../../../kernel/shape.ts'
import { linksInput, linksTo } from '../links.ts'
import { Media, type MediaId } from '../model.ts'
import { mediaToRead } from '../policy.ts'
import { MediaLinks, MediaWire, toWire } from '../wire.ts'

export const getMedia = command('media:get', {
  about: 'One’s own photo, video or sound, with links when it is ready.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ mediaId: id<MediaId>(), ...linksInput }),
  ack: shape({ media: MediaWire, links: nullable(MediaLinks) }),
  async run(ctx, { mediaId, dataSaver }) {
    const media = await mediaToRead(ctx, mediaId)
    const [links = null] = await linksTo(ctx, [media], dataSaver)
    return { media: toWire(media), links }
  },
})

export const getStorage = command('storage:get', {
  about: 'How much is kept of one’s photos, videos and sounds.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(60) },
  input: shape({}),
  ack: shape({
    count: integer({ min: 0, max: 2 ** 31 - 1 }),
    bytes: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  }),
  async run({ db, actor }) {
    const kept = (await Media.query(db)
      .where({ ownerId: actor.id, status: 'ready' })
      .count('* as count')
      .sum('storedBytes as bytes')
      .first()) as unknown as { readonly count: string; readonly bytes: string | null }
    return { count: Number(kept.count), bytes: Number(kept.bytes ?? 0) }
  },
})
