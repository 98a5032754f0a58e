import { slice } from '../../kernel/app.ts'
import { findProfile, getProfile, listProfiles } from './commands/read.ts'
import { updateProfile } from './commands/update.ts'
import { ProfileUpdated } from './events.ts'
import * as failures from './failures.ts'

/** Profiles: what people show of themselves, and to whom. */
export const profiles = slice({
  commands: [getProfile, findProfile, listProfiles, updateProfile],
  events: [ProfileUpdated],
  failures: Object.values(failures),
})
