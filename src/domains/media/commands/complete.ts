import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import type { BlobStat } from '../../../kernel/media.ts'
import { id, shape } from '../../../kernel/shape.ts'
import { MediaFailed } from '../events.ts'
import { NotUploaded } from '../failures.ts'
import type { Fault } from '../faults.ts'
import { jobFor } from '../jobs.ts'
import type { Media, MediaId } from '../model.ts'
import { mediaToChange, mediaToRead } from '../policy.ts'
import { PurgeMedia } from '../purging.ts'
import { MediaWire, toWire } from '../wire.ts'

export const completeUpload = command('upload:complete', {
  about:
    'Tells that an upload is done; `media:progressed`, then `media:ready` or `media:failed` follow. What is not as agreed ' +
    'fails at once.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: shape({ mediaId: id<MediaId>() }),
  ack: MediaWire,
  async prepare({ actor, ports, scopeFor }, { mediaId }) {
    const { status, uploadKey } = await scopeFor(actor.id, ctx => mediaToRead(ctx, mediaId))
    return status === 'awaiting' ? ports.blobs.stat(uploadKey) : null
  },
  async run(ctx, { mediaId }, uploaded) {
    const media = await mediaToChange(ctx, mediaId)
    if (media.status !== 'awaiting') return toWire(media)
    if (!uploaded) throw NotUploaded()
    const fault = faultOf(media, uploaded)
    if (fault) {
      const failed = toWire(await media.$query(ctx.db).patchAndFetch({ status: 'failed', failure: fault }))
      ctx.emit(MediaFailed, failed)
      ctx.enqueue(PurgeMedia, { mediaId })
      return failed
    }
    ctx.enqueue(jobFor(media.kind), { mediaId })
    const { generation } = uploaded // from here on nothing else is read, whatever is written there
    return toWire(await media.$query(ctx.db).patchAndFetch({ status: 'processing', generation }))
  },
})

/** Storage refuses all of this already; here it is not believed to. */
function faultOf({ bytes, contentType }: Media, uploaded: BlobStat): Fault | null {
  if (uploaded.bytes > bytes) return 'too_large'
  return uploaded.contentType === contentType ? null : 'other_type'
}
