import { slice } from '../../kernel/app.ts'
import { completeUpload, getMedia, signUpload } from './commands.ts'
import { MediaFailed, MediaProgressed, MediaReady } from './events.ts'
import * as failures from './failures.ts'
import { RenderMedia, SweepMedia } from './jobs.ts'

/** Media: photos go straight to storage, and come back as small clean renditions. */
export const media = slice({
  commands: [signUpload, completeUpload, getMedia],
  events: [MediaProgressed, MediaReady, MediaFailed],
  jobs: [RenderMedia, SweepMedia],
  failures: Object.values(failures),
})
