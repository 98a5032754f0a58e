/** The way from an upload to its renditions, which photos, videos and sounds share. */
import type { Work } from '../../kernel/job.ts'
import { folderOf, UnreadableMedia, type RenderedFile } from '../../kernel/media.ts'
import { MediaFailed, MediaProgressed, MediaReady } from './events.ts'
import type { Fault } from './faults.ts'
import { Media, type MediaId, type Rendition } from './model.ts'
import { purge, PurgeMedia } from './purging.ts'
import { toWire } from './wire.ts'

/** What was found out about it. */
type Made = Partial<Pick<Media, 'width' | 'height' | 'durationMs' | 'isAnimated' | 'thumbhash' | 'color'>>

export interface Maker {
  /** The media, and what was agreed to be its content. */
  readonly media: Media & { readonly generation: string }
  /** Tells the owner at each quarter of the share done, 0 to 1. */
  progress(share: number): void
  /** Writes files where clients read them. */
  keep(files: readonly RenderedFile[]): Promise<void>
}

/**
 * Lets `make` make what is being processed, and ends it once: ready, or failed where the fault is the file’s. Any other error is
 * not an answer, and the job is tried again. What an earlier run left is mended, also of what was let go of meanwhile.
 */
export async function makeMedia(work: Work, mediaId: MediaId, make: (maker: Maker) => Promise<Made>): Promise<void> {
  const media = await work.scope(ctx => Media.query(ctx.db).findById(mediaId))
  if (media?.status === 'ready') return work.ports.blobs.remove(media.uploadKey)
  if (media?.status !== 'processing' || media.generation === null) return purge(work, mediaId)
  const renditions: Rendition[] = []
  const reporter = reportTo(work, media)
  const maker: Maker = {
    media: media as Maker['media'],
    progress: reporter.tell,
    async keep(files) {
      for (const { body, ...rendition } of files) {
        await work.ports.blobs.write(folderOf(media.id) + rendition.file, body, rendition.type)
        renditions.push(rendition)
      }
    },
  }
  const made = await make(maker).catch(unreadable)
  await reporter.told()
  if (made instanceof UnreadableMedia) return failMedia(work, media, made.reason)
  const storedBytes = renditions.reduce((sum, { bytes }) => sum + bytes, 0)
  const isFirst = await end(work, media, { status: 'ready', ...made, renditions, storedBytes })
  if (!isFirst) return purge(work, mediaId) // it was given up meanwhile
  await work.ports.blobs.remove(media.uploadKey)
}

function unreadable(error: unknown): UnreadableMedia {
  if (error instanceof UnreadableMedia) return error
  throw error
}

type Ending = Partial<Media> & { readonly status: 'ready' | 'failed' }

/** Ends it without renditions, unless it has gone on since it was looked at, and tells its owner why. */
export async function failMedia(work: Work, media: Pick<Media, 'id' | 'status'>, failure: Fault): Promise<void> {
  await end(work, media, { status: 'failed', failure })
}

/** Whether it was still as it was when it was looked at. */
const end = (work: Work, { id, status }: Pick<Media, 'id' | 'status'>, ending: Ending): Promise<boolean> =>
  work.scope(async ctx => {
    const [media] = await Media.query(ctx.db).where({ id, status }).patch(ending).returning('*')
    if (!media) return false
    ctx.emit(media.status === 'ready' ? MediaReady : MediaFailed, toWire(media))
    if (media.status === 'failed') ctx.enqueue(PurgeMedia, { mediaId: id })
    return true
  })

const TELL_EVERY = 25

function reportTo(work: Work, { id, ownerId }: Media) {
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
