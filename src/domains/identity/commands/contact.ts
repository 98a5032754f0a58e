import { command } from '../../../kernel/command.ts'
import { perHour } from '../../../kernel/limit.ts'
import { id, instant, nullable, oneOf, shape, text, token } from '../../../kernel/shape.ts'
import { emailOf, phoneToText } from '../../accounts/contact.ts'
import { record } from '../../activities/policy.ts'
import { CODE, contactOf, LINK_TOKEN } from '../../sessions/answers.ts'
import { answered, challenge, linkToUse, use } from '../../sessions/challenges.ts'
import { CodeOver, LinkOver } from '../../sessions/failures.ts'
import { toMailbox, toPhone } from '../../sessions/limits.ts'
import type { ChallengeId } from '../../sessions/model.ts'
import { lately, ownLiveSession } from '../../sessions/policy.ts'
import { settle } from '../changes.ts'
import { AccountUpdated } from '../events.ts'
import { NoChange } from '../failures.ts'
import { ContactChange } from '../../accounts/model.ts'

/** When the contact is the account’s; null when it is. */
const Settled = shape({ dueAt: nullable(instant()) })
const settled = ({ dueAt }: { readonly dueAt: Date | null }) => ({ dueAt: dueAt?.toISOString() ?? null })

export const changePhone = command('phone:change', {
  about: 'Sends a code to a phone that is to be the account’s. Needs a fresh proof.',
  auth: 'user',
  access: 'write',
  limits: {
    caller: perHour(5),
    target: toPhone,
    blind: 'refuse',
  },
  input: shape({ phone: text({ max: 32 }) }),
  ack: shape({ challengeId: id<ChallengeId>(), expiresAt: instant() }),
  async run(ctx, { phone }) {
    await lately(ctx)
    const contact = { kind: 'phone', value: phoneToText(phone, ctx.ports.sms.serves) } as const
    const sent = await challenge(ctx, { contact, purpose: 'change', userId: ctx.actor.id })
    return { challengeId: sent.id, expiresAt: sent.expiresAt.toISOString() }
  },
})

export const confirmPhone = command('phone:confirm', {
  about: 'Answers that code. It is the account’s after 24 hours; at once where a new account had none.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(30), blind: 'refuse' },
  input: shape({ challengeId: id<ChallengeId>(), code: token(CODE, '6 digits') }),
  ack: Settled,
  async run(ctx, answer) {
    const challenge = await answered(ctx, answer, 'change')
    if (challenge.userId !== ctx.actor.id) throw CodeOver()
    await ownLiveSession(ctx)
    return settled(await settle(ctx, contactOf(ctx.ports.vault, challenge)))
  },
})

export const changeEmail = command('email:change', {
  about: 'Sends a link to a mailbox that is to be the account’s. Needs a fresh proof.',
  auth: 'user',
  access: 'write',
  limits: {
    caller: perHour(5),
    target: toMailbox,
    blind: 'refuse',
  },
  input: shape({ email: text({ max: 320, line: true }) }),
  ack: shape({ expiresAt: instant() }),
  async run(ctx, { email }) {
    await lately(ctx)
    const contact = { kind: 'email', value: emailOf(email) } as const
    const sent = await challenge(ctx, { contact, purpose: 'change', userId: ctx.actor.id })
    return { expiresAt: sent.expiresAt.toISOString() }
  },
})

export const confirmEmail = command('email:confirm', {
  about:
    'Opens that link, signed in as who asked for it. It is the account’s after 24 hours; at once where a new account had none.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(30), blind: 'refuse' },
  input: shape({ token: token(LINK_TOKEN, 'the token of a link') }),
  ack: Settled,
  async run(ctx, input) {
    const link = await linkToUse(ctx, input.token, 'change')
    if (link.userId !== ctx.actor.id) throw LinkOver()
    await ownLiveSession(ctx)
    await use(ctx, link)
    return settled(await settle(ctx, contactOf(ctx.ports.vault, link)))
  },
})

export const cancelChange = command('contact:cancel', {
  about: 'Calls off a change of phone or e-mail address that is on its way.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(30) },
  input: shape({ kind: oneOf('phone', 'email') }),
  ack: shape({}),
  async run(ctx, { kind }) {
    const { userId } = await ownLiveSession(ctx)
    if ((await ContactChange.query(ctx.db).deleteById([userId, kind])) === 0) throw NoChange()
    await record(ctx, { userId, type: 'change_cancelled' })
    ctx.emit(AccountUpdated, { userId })
    return {}
  },
})
