import type { Enqueue } from '../../kernel/event.ts'
import { job } from '../../kernel/job.ts'
import type { Ports } from '../../kernel/ports.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, oneOf, shape, type Infer } from '../../kernel/shape.ts'
import type { ContactKind } from '../accounts/contact.ts'
import { contactIn } from '../accounts/keeping.ts'
import { User } from '../accounts/model.ts'

/** What a person is told of their account, wherever they can be reached. */
const NOTICES = {
  password_changed: 'Your password was changed, and your other devices were signed out.',
  password_locked: 'Your password was guessed at too often and is no longer good. Choose a new one to use it again.',
  change_pending: 'Your account has a new phone or e-mail address in 24 hours.',
  phone_changed: 'Your account has a new phone.',
  email_changed: 'Your account has a new e-mail address.',
  provider_linked: 'Your account can now be signed in to by another provider.',
  provider_unlinked: 'Your account can no longer be signed in to by one of its providers.',
  session_reused: 'One of your devices was signed out: somebody else may have had its key.',
  account_deactivated: 'Your account is deactivated. Sign in to have it back.',
  account_deleted: 'Your account was deleted.',
} as const
export type Notice = keyof typeof NOTICES
const names = Object.keys(NOTICES) as [Notice, ...Notice[]]

const ADVICE = 'If that was not you, sign in, sign out all other devices and undo it.'
/** Nothing can be undone by whoever is told of these. */
const FINAL: readonly Notice[] = ['account_deactivated', 'account_deleted']

const told = shape({ userId: id<UserId>(), notice: oneOf(...names) })

const noticeBy = (
  way: string,
  kind: ContactKind,
  send: (ports: Ports, to: string, words: string) => Promise<unknown>,
) =>
  job(`account:${way}_notice`, {
    about: `Tells a person by ${way} what became of their account. Run twice, it tells it twice.`,
    payload: told,
    queue: 'messages',
    attempts: 5,
    async run({ scope, ports }, { userId, notice }) {
      const user = await scope(ctx => User.query(ctx.db).findById(userId))
      const to = user ? contactIn(ports.vault, user, kind) : null
      const words = FINAL.includes(notice) ? NOTICES[notice] : `${NOTICES[notice]} ${ADVICE}`
      if (to !== null) await send(ports, to, words)
    },
  })

const MailNotice = noticeBy('mail', 'email', ({ mail }, to, words) =>
  mail.send({ to, subject: 'Your Kith account', text: `${words}\n` }),
)
const TextNotice = noticeBy('text', 'phone', ({ sms }, to, words) => sms.send(to, `Kith: ${words}`))

export const notices = [MailNotice, TextNotice]

/** Tells a person wherever they can be reached what became of their account; one way that fails is tried by itself. */
export function tell({ enqueue }: { readonly enqueue: Enqueue }, payload: Infer<typeof told>): void {
  for (const job of notices) enqueue(job, payload)
}
