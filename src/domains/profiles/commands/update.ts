import { isDeepStrictEqual } from 'node:util'
import { command } from '../../../kernel/command.ts'
import { perHour } from '../../../kernel/limit.ts'
import { Stale } from '../failures.ts'
import { ProfileForm, tidied } from '../form.ts'
import { personToChange } from '../policy.ts'
import { change } from '../changing.ts'
import { changeableTo } from '../usernames.ts'
import { ProfileWire, toWire } from '../wire.ts'

export const updateProfile = command('profile:update', {
  about:
    'Changes one’s own profile; what is left out stays as it is. With a `version`, only if that is still the current one. ' +
    'A displayName has at most 50 characters; it is kept in NFC, with single spaces, and none around it.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(20) },
  input: ProfileForm,
  ack: ProfileWire,
  async run(ctx, { version, ...given }) {
    const changes = tidied(given, ctx.now)
    const me = await personToChange(ctx)
    const before = toWire(me)
    if (version !== undefined && version !== before.version) throw Stale()
    if (isDeepStrictEqual({ ...before, ...changes }, before)) return before
    const { username = before.username } = changes
    if (username !== null && username !== before.username) await changeableTo(ctx, before.username, username)
    return change(ctx, me, changes)
  },
})
