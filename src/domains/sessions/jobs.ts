import { job } from '../../kernel/job.ts'
import { id, shape } from '../../kernel/shape.ts'
import { CODE_DIGITS } from './code.ts'
import { CodeChallenge, type ChallengeId } from './model.ts'

/** Two days: failures are counted over one. */
const KEPT_MS = 48 * 3_600_000

export const SendCode = job('session:send_code', {
  about: 'Sends a sign-in code by text message. Run twice, it sends the same code again.',
  payload: shape({ challengeId: id<ChallengeId>() }),
  queue: 'messages',
  attempts: 9,
  async run({ scope, ports }, { challengeId }) {
    const challenge = await scope(ctx =>
      CodeChallenge.query(ctx.db).findById(challengeId).whereNull('usedAt').where('expiresAt', '>', ctx.now),
    )
    if (!challenge) return
    const phone = ports.vault.open(`code_challenges.phone|${challengeId}`, challenge.phoneSealed)
    const code = ports.vault.code(challengeId, CODE_DIGITS)
    await ports.sms.send(phone, `${code} is your Kith code. Never share it with anyone.`)
  },
})

export const SweepCodes = job('session:sweep_codes', {
  about: 'Deletes codes of the day before yesterday and earlier. Deleting twice deletes once.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 3600,
  run: ({ scope }) =>
    scope(async ctx => {
      await CodeChallenge.query(ctx.db)
        .where('createdAt', '<', new Date(ctx.now.getTime() - KEPT_MS))
        .delete()
    }),
})
