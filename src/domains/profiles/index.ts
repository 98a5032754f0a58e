import { slice } from '../../kernel/app.ts'
import { checkUsername } from './commands/check-username.ts'
import { findProfile, getProfile, listProfiles } from './commands/read.ts'
import { searchProfiles } from './commands/search.ts'
import { updateProfile } from './commands/update.ts'
import { viewProfile } from './commands/view.ts'
import { ProfileUpdated } from './events.ts'
import * as failures from './failures.ts'
import { SweepUsernames, SweepViews } from './jobs.ts'

/** Profiles: what people show of themselves, and to whom. */
export const profiles = slice({
  commands: [getProfile, findProfile, listProfiles, searchProfiles, updateProfile, checkUsername, viewProfile],
  events: [ProfileUpdated],
  jobs: [SweepUsernames, SweepViews],
  failures: Object.values(failures),
})
