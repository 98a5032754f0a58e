import { job } from '../../kernel/job.ts'
import { id, shape } from '../../kernel/shape.ts'
import { CODE_DIGITS } from './code.ts'
import { CodeChallenge, type ChallengeId } from './model.ts'

export const SendCode = job('session:send_code', {
  about: 'Sends a sign-in code by text message. Run twice, it sends the same code again.',
  payload: shape({ challengeId: id<ChallengeId>() }),
  queue: 'messages',
  attempts: 3,
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
