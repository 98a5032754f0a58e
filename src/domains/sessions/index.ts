import { slice } from '../../kernel/app.ts'
import { requestCode, requestLink } from './commands/ask.ts'
import { listSessions, renameSession, renewSession, signOut, signOutEverywhere } from './commands/own.ts'
import { refreshSession } from './commands/refresh.ts'
import { startByPassword } from './commands/start-by-password.ts'
import { startByProvider } from './commands/start-by-provider.ts'
import { startByLink, startSession } from './commands/start.ts'
import { PasswordLocked } from './events.ts'
import * as failures from './failures.ts'
import { SendCode, SendLink, SweepChallenges } from './jobs.ts'

/** Sessions: proving who one is by a code, a link, a password or a provider, staying signed in, and ending it. */
export const sessions = slice({
  commands: [
    requestCode,
    requestLink,
    startSession,
    startByLink,
    startByPassword,
    startByProvider,
    refreshSession,
    renewSession,
    listSessions,
    renameSession,
    signOut,
    signOutEverywhere,
  ],
  events: [PasswordLocked],
  jobs: [SendCode, SendLink, SweepChallenges],
  failures: Object.values(failures),
})
