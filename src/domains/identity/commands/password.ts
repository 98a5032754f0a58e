import { command } from '../../../kernel/command.ts'
import { perHour } from '../../../kernel/limit.ts'
import type { Passwords } from '../../../kernel/ports.ts'
import type { Ctx, UserId } from '../../../kernel/scope.ts'
import { optional, shape, text, token } from '../../../kernel/shape.ts'
import { emailOf } from '../../accounts/contact.ts'
import { accountWith, contactIn, passwordOf } from '../../accounts/keeping.ts'
import { Authentication, User } from '../../accounts/model.ts'
import { holdAccount } from '../../accounts/policy.ts'
import { record } from '../../activities/policy.ts'
import { contactOf, LINK_TOKEN } from '../../sessions/answers.ts'
import { challenge, linkToUse, use, voidChallenges } from '../../sessions/challenges.ts'
import { endEverySession } from '../../sessions/ending.ts'
import { LinkOver, ProveAgain, WrongPassword } from '../../sessions/failures.ts'
import { NO_FAILURES, tryPassword } from '../../sessions/guesses.ts'
import { answering, resetting } from '../../sessions/limits.ts'
import { isFresh, ownLiveSession } from '../../sessions/policy.ts'
import { AccountUpdated } from '../events.ts'
import { CommonPassword, NoMailbox } from '../failures.ts'
import { tell } from '../notices.ts'
import { ownUser } from '../policy.ts'

/** Any characters, at least twelve; no rules but that nobody guesses it first. */
const newPassword = () => text({ min: 12, max: 128 })

/** The hash of a new password; refuses one that is guessed first, among them the person's own addresses. */
async function hashOf(passwords: Passwords, password: string, words: readonly string[]): Promise<string> {
  if (await passwords.isCommon(password, words)) throw CommonPassword()
  return passwords.hash(password)
}

export const setPassword = command('password:set', {
  about:
    'Chooses a password. One that takes the place of another needs that, else a fresh proof and a mailbox, by which it can be chosen anew. All other sessions end.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(10), blind: 'refuse' },
  input: shape({ password: newPassword(), current: optional(text({ max: 128 })) }),
  ack: shape({}),
  async prepare({ actor, scopeFor, ports: { passwords, vault } }, { password, current }) {
    const { before, words } = await scopeFor(actor.id, async ctx => {
      const own = await User.query(ctx.db).findById(actor.id).throwIfNotFound()
      return {
        before: (await passwordOf(ctx, actor.id))?.passwordHash ?? null,
        words: wordsOf(contactIn(vault, own, 'email'), contactIn(vault, own, 'phone')),
      }
    })
    const { right } = before ? await passwords.verify(current ?? '', before) : { right: true }
    return { before, hash: right ? await hashOf(passwords, password, words) : null }
  },
  async run(ctx, _input, { before, hash }) {
    const { userId, authenticatedAt } = await ownLiveSession(ctx)
    const own = await passwordOf(ctx, userId).forUpdate()
    if (own && !(await tryPassword(ctx, own, hash === null ? null : before))) throw WrongPassword()
    if (!own && !isFresh(authenticatedAt, ctx.now)) throw ProveAgain()
    if (hash === null) throw WrongPassword() // it was one that is gone meanwhile
    if ((await ownUser(ctx)).emailIndex === null) throw NoMailbox()
    await keepPassword(ctx, userId, hash)
    await endEverySession(ctx, userId, 'password', ctx.actor.sessionId)
    return {}
  },
})

/** What of a person's is guessed first. */
const wordsOf = (...contacts: readonly (string | null)[]) =>
  contacts.flatMap(contact => (contact === null ? [] : [contact, contact.replace(/^\+|@.*$/g, '')]))

/** From here on this is the person's password, which is held; what was sent to choose another is void. */
async function keepPassword(ctx: Ctx, userId: UserId, passwordHash: string): Promise<void> {
  const chosen = { passwordHash, chosenAt: ctx.now }
  const known = await Authentication.query(ctx.db)
    .where({ userId, method: 'password' })
    .patch({ ...chosen, ...NO_FAILURES })
  if (known === 0) await Authentication.query(ctx.db).insert({ userId, method: 'password', ...chosen })
  await voidChallenges(ctx, userId, 'reset')
  await record(ctx, { userId, type: 'password_changed' })
  tell(ctx, { userId, notice: 'password_changed' })
  ctx.emit(AccountUpdated, { userId })
}

export const requestReset = command('password:request_reset', {
  about: 'Sends a link to choose a new password, if the mailbox is that of an account; the answer does not tell.',
  auth: 'anyone',
  access: 'write',
  limits: { ...resetting, target: { each: 'mailbox', rates: perHour(3), of: ({ email }) => emailOf(email) } },
  http: '/v1/auth/reset',
  input: shape({ email: text({ max: 320, line: true }) }),
  ack: shape({}),
  async run(ctx, { email }) {
    const contact = { kind: 'email', value: emailOf(email) } as const
    const user = await accountWith(ctx, contact)
    await challenge(ctx, { contact, purpose: 'reset', ...(user && maySignIn(user) && { userId: user.id }) })
    return {}
  },
})

const maySignIn = ({ status }: User) => status === 'active' || status === 'deactivated'

export const resetPassword = command('password:reset', {
  about: 'Chooses a new password with the token of a link. All sessions end; sign in with it.',
  auth: 'anyone',
  access: 'write',
  limits: answering,
  http: '/v1/auth/reset/choose',
  input: shape({ token: token(LINK_TOKEN, 'the token of a link'), password: newPassword() }),
  ack: shape({}),
  async prepare({ scope, ports: { passwords, vault } }, input) {
    const link = await scope(ctx => linkToUse(ctx, input.token, 'reset'))
    return { hash: await hashOf(passwords, input.password, wordsOf(contactOf(vault, link).value)) }
  },
  async run(ctx, input, { hash }) {
    const link = await linkToUse(ctx, input.token, 'reset')
    const user = await accountWith(ctx, contactOf(ctx.ports.vault, link))
    if (!user || user.id !== link.userId || !maySignIn(user)) throw LinkOver()
    await use(ctx, link)
    await ctx.actFor(user.id)
    await holdAccount(ctx.db, user.id)
    await keepPassword(ctx, user.id, hash)
    await endEverySession(ctx, user.id, 'password')
    return {}
  },
})
