import type { Work } from '../../kernel/job.ts'
import { job } from '../../kernel/job.ts'
import { UnreadableImage, type Ports } from '../../kernel/ports.ts'
import { id, shape } from '../../kernel/shape.ts'
import { MediaFailed, MediaProgressed, MediaReady } from './events.ts'
import { Media, type MediaId, type Rendition } from './model.ts'
import { toWire } from './wire.ts'

export const RenderMedia = job('media:render', {
  about: 'Makes the renditions of a photo. Run twice, it writes the same objects again and finishes once.',
  payload: shape({ mediaId: id<MediaId>() }),
  queue: 'images',
  attempts: 9,
  async run(work, { mediaId }) {
    const media = await work.scope(ctx => Media.query(ctx.db).findById(mediaId))
    if (!media) return
    if (media.status !== 'processing') return work.ports.blobs.remove(media.uploadKey) // a run that ended before this
    const original = await originalOf(work.ports, media)
    if (typeof original === 'string') return fail(work, media, original)

    const progress = reporter(work, media)
    const rendered = await work.ports.images.render(original, progress.tell).catch(unreadable)
    await progress.told()
    if (rendered instanceof UnreadableImage) return fail(work, media, rendered.reason)
    const { images, ...size } = rendered
    const renditions = await Promise.all(
      images.map(async ({ body, ...image }): Promise<Rendition> => {
        const key = `renditions/${media.id}/${image.size}.${image.format}`
        await work.ports.blobs.write(key, body, `image/${image.format}`)
        return { key, ...image, bytes: body.length }
      }),
    )
    await finish(work, media, { status: 'ready', ...size, renditions })
    await work.ports.blobs.remove(media.uploadKey)
  },
  async gaveUp(work, { mediaId }) {
    const media = await work.scope(ctx => Media.query(ctx.db).findById(mediaId))
    if (media) await fail(work, media, 'broken')
  },
})

const HOUR_MS = 3_600_000
/** How long a client may take to send a photo it asked to send, and how long its work may take with every attempt. */
const AWAITED_MS = 24 * HOUR_MS
const WORKED_MS = 2 * HOUR_MS

export const SweepMedia = job('media:sweep', {
  about: 'Ends uploads that never came and photos whose work was lost, with what was sent. Ending twice ends once.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 3600,
  async run(work) {
    const stale = await work.scope(({ db, now }) =>
      Media.query(db)
        .where(q => {
          q.where({ status: 'awaiting' }).where('createdAt', '<', new Date(now.getTime() - AWAITED_MS))
        })
        .orWhere(q => {
          q.where({ status: 'processing' }).where('updatedAt', '<', new Date(now.getTime() - WORKED_MS))
        })
        .limit(500),
    )
    for (const media of stale) await fail(work, media, media.status === 'awaiting' ? 'missing' : 'broken')
  },
})

/** The fault of the file is an answer; any other error is not, and the job is tried again. */
function unreadable(error: unknown): UnreadableImage {
  if (error instanceof UnreadableImage) return error
  throw error
}

/** The uploaded bytes, or why they are not what was agreed. */
async function originalOf(ports: Ports, { uploadKey, contentType, bytes }: Media): Promise<Buffer | string> {
  const stat = await ports.blobs.stat(uploadKey)
  if (!stat) return 'missing'
  if (stat.bytes > bytes) return 'too_large'
  if (stat.contentType !== contentType) return 'other_type'
  return ports.blobs.read(uploadKey, stat.generation)
}

const UNFINISHED = ['awaiting', 'processing']

/** Ends the way of a photo once, and tells its owner. */
const finish = (
  work: Work,
  { id }: Media,
  end: Partial<Pick<Media, 'status' | 'width' | 'height' | 'thumbhash' | 'renditions' | 'failure'>>,
) =>
  work.scope(async ctx => {
    const [media] = await Media.query(ctx.db).where({ id }).whereIn('status', UNFINISHED).patch(end).returning('*')
    if (media) ctx.emit(media.status === 'ready' ? MediaReady : MediaFailed, toWire(media))
  })

async function fail(work: Work, media: Media, failure: string): Promise<void> {
  await finish(work, media, { status: 'failed', failure })
  await work.ports.blobs.remove(media.uploadKey)
}

const TELL_EVERY = 25

/** Tells the owner at each quarter. */
function reporter(work: Work, { id, ownerId }: Media) {
  let reached = 0
  let telling = Promise.resolve()
  return {
    tell(share: number) {
      const percent = Math.floor((share * 100) / TELL_EVERY) * TELL_EVERY
      if (percent <= reached || percent >= 100) return
      reached = percent
      telling = telling.then(() =>
        work.scope(async ctx => ctx.emit(MediaProgressed, { mediaId: id, ownerId, percent })),
      )
      telling.catch(() => undefined) // awaited in `told`
    },
    told: () => telling,
  }
}
