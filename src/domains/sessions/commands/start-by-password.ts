import { command } from '../../../kernel/command.ts'
import { shape, text } from '../../../kernel/shape.ts'
import { contactOf } from '../../accounts/contact.ts'
import { holdAccount } from '../../accounts/policy.ts'
import { WrongPassword } from '../failures.ts'
import { knowsDevice, recordWrong, takeGuess, wasRight } from '../guesses.ts'
import { guessing } from '../limits.ts'
import { openSession } from '../opening.ts'
import { knownDevice, onDevice, TokensWire } from '../wire.ts'

export const startByPassword = command('session:start_by_password', {
  about:
    'Signs in with an e-mail address or phone number and a password. After five wrong ones each takes twice as long as the one before.',
  auth: 'anyone',
  access: 'write',
  limits: guessing,
  http: '/v1/auth/password',
  cookie: 'gives',
  input: shape({
    login: text({ max: 320, line: true }),
    password: text({ max: 128 }),
    ...onDevice,
    ...knownDevice,
  }),
  ack: TokensWire,
  async prepare({ scope, ports }, { login, password, deviceToken }) {
    const contact = contactOf(login)
    const first = deviceToken !== undefined && (await scope(ctx => knowsDevice(ctx, contact, deviceToken)))
    using turn = ports.passwords.turn({ first }) // before the guess is counted: one that nobody comes to look at is none
    const guess = await scope(ctx => takeGuess(ctx, contact, deviceToken))
    const { right, stale } = await turn.verify(password, guess.hash)
    return { guess, right, rehashed: right && stale ? await turn.hash(password) : null }
  },
  async run(ctx, { device }, { guess, right, rehashed }) {
    const { userId, failures } = guess
    if (userId) await ctx.actFor(userId)
    if (!right || !userId) {
      if (userId) await recordWrong(ctx, userId, failures)
      throw WrongPassword()
    }
    await holdAccount(ctx.db, userId)
    if (!(await wasRight(ctx, guess, rehashed))) throw WrongPassword()
    return openSession(ctx, { userId, device })
  },
})
