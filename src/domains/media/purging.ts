import { job, type Work } from '../../kernel/job.ts'
import { folderOf } from '../../kernel/media.ts'
import { id, shape } from '../../kernel/shape.ts'
import { Media, type MediaId } from './model.ts'

const MOST_FILES = 100

export const PurgeMedia = job('media:purge', {
  about: 'Deletes every file of media that are over. What is deleted twice is deleted once.',
  payload: shape({ mediaId: id<MediaId>() }),
  queue: 'upkeep',
  attempts: 9,
  run: (work, { mediaId }) => purge(work, mediaId),
})

/** What its row tells when its files are gone: no more of how it looked. */
const NOTHING = { renditions: [], storedBytes: 0, thumbhash: null, color: null }

/** Deletes what storage has of media that are over: the original, and every file, also such as no row tells of. */
export async function purge(work: Work, mediaId: MediaId): Promise<void> {
  const { blobs } = work.ports
  const media = await work.scope(ctx => Media.query(ctx.db).findById(mediaId))
  if (media?.status !== 'removed' && media?.status !== 'failed') return
  await blobs.remove(media.uploadKey)
  for (const { key } of await blobs.list(folderOf(mediaId), '', MOST_FILES)) await blobs.remove(key)
  await work.scope(({ db, now }) =>
    Media.query(db)
      .findById(mediaId)
      .patch({ ...NOTHING, purgedAt: now }),
  )
}
