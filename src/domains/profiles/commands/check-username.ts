import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import { bool, oneOf, optional, shape, text } from '../../../kernel/shape.ts'
import { hindranceTo, HINDRANCES } from '../usernames.ts'

export const checkUsername = command('profile:check_username', {
  about: 'Tells whether one can have a username, before one asks for it. Somebody else may still be faster.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(20), address: perMinute(60) },
  input: shape({ username: text({ min: 0, max: 100 }) }),
  ack: shape({ available: bool(), reason: optional(oneOf(...HINDRANCES)) }),
  async run(ctx, { username }) {
    const reason = await hindranceTo(ctx, username)
    return reason ? { available: false, reason } : { available: true }
  },
})
