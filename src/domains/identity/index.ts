import { slice } from '../../kernel/app.ts'
import { SessionClosed } from '../../kernel/control.ts'
import { on } from '../../kernel/event.ts'
import { PasswordLocked } from '../sessions/events.ts'
import { deactivateAccount, deleteAccount, getAccount, updateAccount } from './commands/account.ts'
import { cancelChange, changeEmail, changePhone, confirmEmail, confirmPhone } from './commands/contact.ts'
import { requestReset, resetPassword, setPassword } from './commands/password.ts'
import { linkProvider, unlinkProvider } from './commands/provider.ts'
import { AccountUpdated } from './events.ts'
import * as failures from './failures.ts'
import { notices, tell } from './notices.ts'
import { Rekey } from './rekey.ts'
import { ApplyChanges } from './upkeep.ts'

/** Identity: how an account can be reached and signed in to, what it is for, and its end. */
export const identity = slice({
  commands: [
    getAccount,
    updateAccount,
    deactivateAccount,
    deleteAccount,
    changePhone,
    confirmPhone,
    changeEmail,
    confirmEmail,
    cancelChange,
    setPassword,
    requestReset,
    resetPassword,
    linkProvider,
    unlinkProvider,
  ],
  events: [AccountUpdated],
  jobs: [...notices, ApplyChanges, Rekey],
  reactions: [
    on(PasswordLocked, ({ userId }, enqueue) => tell({ enqueue }, { userId, notice: 'password_locked' })),
    on(SessionClosed, ({ userId, reason }, enqueue) => {
      if (reason === 'reused') tell({ enqueue }, { userId, notice: 'session_reused' })
    }),
  ],
  failures: [failures.NoProvider, failures.NoChange, failures.NoMailbox],
})
