import { command } from '../../../kernel/command.ts'
import { id, instant, shape, text } from '../../../kernel/shape.ts'
import { emailOf, phoneToText } from '../../accounts/contact.ts'
import { challenge } from '../challenges.ts'
import { asking, toMailbox, toPhone } from '../limits.ts'
import type { ChallengeId } from '../model.ts'

export const requestCode = command('code:request', {
  about: 'Sends a sign-in code to a phone. It voids the one before.',
  auth: 'anyone',
  access: 'write',
  limits: { ...asking, target: toPhone },
  http: '/v1/auth/code',
  input: shape({ phone: text({ max: 32 }) }),
  ack: shape({ challengeId: id<ChallengeId>(), expiresAt: instant() }),
  async run(ctx, input) {
    const value = phoneToText(input.phone, ctx.ports.sms.serves)
    const { id: challengeId, expiresAt } = await challenge(ctx, {
      contact: { kind: 'phone', value },
      purpose: 'sign_in',
    })
    return { challengeId, expiresAt: expiresAt.toISOString() }
  },
})

export const requestLink = command('link:request', {
  about: 'Sends a sign-in link to a mailbox. It voids the one before.',
  auth: 'anyone',
  access: 'write',
  limits: { ...asking, target: toMailbox },
  http: '/v1/auth/link',
  input: shape({ email: text({ max: 320, line: true }) }),
  ack: shape({ expiresAt: instant() }),
  async run(ctx, { email }) {
    const contact = { kind: 'email', value: emailOf(email) } as const
    const { expiresAt } = await challenge(ctx, { contact, purpose: 'sign_in' })
    return { expiresAt: expiresAt.toISOString() }
  },
})
