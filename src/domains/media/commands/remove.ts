import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import { id, shape } from '../../../kernel/shape.ts'
import { MediaTaken } from '../failures.ts'
import type { MediaId } from '../model.ts'
import { mediaToChange, removeMedia } from '../policy.ts'

export const removeUpload = command('media:remove', {
  about:
    'Lets go of a photo, video or sound that was put into nothing, in whatever state. What is in something goes with it.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: shape({ mediaId: id<MediaId>() }),
  ack: shape({}),
  async run(ctx, { mediaId }) {
    const media = await mediaToChange(ctx, mediaId)
    if (media.attachedAt) throw MediaTaken()
    await removeMedia(ctx, [media.id])
    return {}
  },
})
