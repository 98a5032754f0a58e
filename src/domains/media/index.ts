import { slice } from '../../kernel/app.ts'
import { completeUpload } from './commands/complete.ts'
import { getMedia, getStorage } from './commands/read.ts'
import { removeUpload } from './commands/remove.ts'
import { signUpload } from './commands/sign.ts'
import { MediaFailed, MediaProgressed, MediaReady, MediaRemoved } from './events.ts'
import * as failures from './failures.ts'
import { RenderMedia, TranscodeMedia } from './jobs.ts'
import { PurgeMedia } from './purging.ts'
import { SweepStorage } from './strays.ts'
import { SweepMedia } from './sweeping.ts'

/** Media: photos, videos and sounds go straight to storage, and come back as small clean renditions. */
export const media = slice({
  commands: [signUpload, completeUpload, getMedia, removeUpload, getStorage],
  events: [MediaProgressed, MediaReady, MediaFailed, MediaRemoved],
  jobs: [RenderMedia, TranscodeMedia, PurgeMedia, SweepMedia, SweepStorage],
  failures: Object.values(failures),
})
