import { job, type Work } from '../../kernel/job.ts'
import { id, shape } from '../../kernel/shape.ts'
import { failMedia, makeMedia } from './making.ts'
import type { Kind } from './kinds.ts'
import type { MediaId } from './model.ts'

const ofMedia = shape({ mediaId: id<MediaId>() })

/** Storage may be away for half an hour until the last. */
const ATTEMPTS = 13

async function giveUp(work: Work, { mediaId }: { readonly mediaId: MediaId }): Promise<void> {
  await failMedia(work, { id: mediaId, status: 'processing' }, 'broken')
}

export const RenderMedia = job('media:render', {
  about: 'Makes the renditions of a photo. Run twice, it writes the same objects again and ends it once.',
  payload: ofMedia,
  queue: 'images',
  attempts: ATTEMPTS,
  run: (work, { mediaId }) =>
    makeMedia(work, mediaId, async ({ media, progress, keep }) => {
      const original = await work.ports.blobs.read(media.uploadKey, media.generation)
      const { files, ...looks } = await work.ports.images.render(original, progress)
      await keep(files)
      return looks
    }),
  gaveUp: giveUp,
})

/** The poster of a video is made after the video itself, and takes the rest of its time. */
const POSTER_SHARE = 0.05

export const TranscodeMedia = job('media:transcode', {
  about: 'Makes the renditions of a video or a sound. Run twice, it writes the same objects again and ends it once.',
  payload: ofMedia,
  queue: 'recordings',
  attempts: ATTEMPTS,
  run: (work, { mediaId }) =>
    makeMedia(work, mediaId, async ({ media: { kind, uploadKey, generation }, progress, keep }) => {
      const { blobs, recordings, images } = work.ports
      const original = await blobs.open(uploadKey, generation)
      const share = (done: number) => progress(done * (1 - POSTER_SHARE))
      await using recording = await recordings.render(kind === 'audio' ? 'audio' : 'video', original, share)
      const { width, height, durationMs, poster, files } = recording
      await keep(files)
      if (poster === null) return { durationMs }
      const { files: pictures, thumbhash, color } = await images.render(poster, () => undefined)
      await keep(pictures)
      return { width, height, durationMs, thumbhash, color }
    }),
  gaveUp: giveUp,
})

/** The job that makes media of a kind ready. */
export const jobFor = (kind: Kind) => (kind === 'image' ? RenderMedia : TranscodeMedia)
