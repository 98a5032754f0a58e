import { slice } from '../../kernel/app.ts'
import { findProfile, getProfile, updateProfile } from './commands.ts'
import { ProfileUpdated } from './events.ts'
import * as failures from './failures.ts'

/** Profiles: what people show of themselves. */
export const profiles = slice({
  commands: [getProfile, findProfile, updateProfile],
  events: [ProfileUpdated],
  failures: Object.values(failures),
})
