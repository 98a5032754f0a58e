import { job, type Work } from '../../kernel/job.ts'
import { id, shape } from '../../kernel/shape.ts'
import { codeOf, contactOf, linkTokenOf } from './answers.ts'
import { Challenge, PasswordGuesses, type ChallengeId, type Purpose } from './model.ts'

const DAY_MS = 24 * 3_600_000
/** Failures are counted over one day. */
const KEPT_MS = 2 * DAY_MS

const unanswered = ({ scope }: Work, challengeId: ChallengeId) =>
  scope(ctx => Challenge.query(ctx.db).findById(challengeId).whereNull('usedAt').where('expiresAt', '>', ctx.now))

export const SendCode = job('session:send_code', {
  about: 'Sends a code by text message. Run twice, it sends the same code again.',
  payload: shape({ challengeId: id<ChallengeId>() }),
  queue: 'messages',
  attempts: 9,
  async run(work, { challengeId }) {
    const challenge = await unanswered(work, challengeId)
    if (!challenge) return
    const { sms, vault } = work.ports
    const code = codeOf(vault, challengeId)
    await sms.send(contactOf(vault, challenge).value, `${code} is your Kith code. Never share it with anyone.`)
  },
})

/** What a mail is about, and what its link does. */
const MAILS: Readonly<Record<Purpose, { readonly subject: string; readonly does: string }>> = {
  sign_in: { subject: 'Sign in to Kith', does: 'signs you in to Kith' },
  change: { subject: 'Confirm your e-mail address', does: 'makes this the e-mail address of your Kith account' },
  reset: { subject: 'Choose a new password', does: 'lets you choose a new password for Kith' },
}

export const SendLink = job('session:send_link', {
  about: 'Sends a link by mail. Run twice, it sends the same link again.',
  payload: shape({ challengeId: id<ChallengeId>() }),
  queue: 'messages',
  attempts: 9,
  async run(work, { challengeId }) {
    const challenge = await unanswered(work, challengeId)
    if (!challenge || (challenge.purpose === 'reset' && challenge.userId === null)) return // nobody's to reset
    const { mail, vault, links } = work.ports
    const { subject, does } = MAILS[challenge.purpose]
    const link = links.for(challenge.purpose, linkTokenOf(vault, challengeId))
    const text = `This link ${does}. It is good once, for 15 minutes:\n\n${link}\n\nIf you did not ask for it, leave it.\n`
    await mail.send({ to: contactOf(vault, challenge).value, subject, text })
  },
})

export const SweepChallenges = job('session:sweep_challenges', {
  about: 'Deletes codes, links and counts of guesses that are two days old. Deleting twice deletes once.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 3600,
  run: ({ scope }) =>
    scope(async ctx => {
      const old = new Date(ctx.now.getTime() - KEPT_MS)
      await Challenge.query(ctx.db).where('createdAt', '<', old).delete()
      await PasswordGuesses.query(ctx.db).where('triedAt', '<', old).delete()
    }),
})
