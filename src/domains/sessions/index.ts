import { slice } from '../../kernel/app.ts'
import { listSessions, refreshSession, renewSession, requestCode, signOut, startSession } from './commands.ts'
import * as failures from './failures.ts'
import { SendCode, SweepCodes } from './jobs.ts'

/** Sessions: signing in by a code sent to a phone, staying signed in, and ending it. */
export const sessions = slice({
  commands: [requestCode, startSession, refreshSession, renewSession, signOut, listSessions],
  jobs: [SendCode, SweepCodes],
  failures: Object.values(failures),
})
