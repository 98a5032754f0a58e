import { isDeepStrictEqual } from 'node:util'
import { command } from '../../kernel/command.ts'
import { AccessGranted, AccessRevoked } from '../../kernel/control.ts'
import { perHour, perMinute } from '../../kernel/limit.ts'
import { merged } from '../../kernel/part.ts'
import type { UserCtx } from '../../kernel/scope.ts'
import { partOf, shape } from '../../kernel/shape.ts'
import { ActivityChanged, SettingsUpdated } from './events.ts'
import { ownSettings, ownSettingsToChange } from './policy.ts'
import { aloofRoom, guestsRoom } from './rooms.ts'
import { rowsOf, SettingsWire, toWire } from './wire.ts'

export const getSettings = command('settings:get', {
  about:
    'One’s own settings. Nobody else ever sees them. The server acts on privacy, but for messages, and on pushes; the rest it keeps for one’s apps.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({}),
  ack: SettingsWire,
  run: async ctx => toWire(await ownSettings(ctx)),
})

export const updateSettings = command('settings:update', {
  about:
    'Changes one’s own settings; what is left out, at any depth, stays as it is. Who hides their activity does not see that of friends either.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(60) },
  input: partOf(SettingsWire),
  ack: SettingsWire,
  async run(ctx, changes) {
    const { user, settings } = await ownSettingsToChange(ctx)
    const before = toWire({ user, settings })
    const after = merged(before, changes)
    if (isDeepStrictEqual(after, before)) return before
    const rows = rowsOf(after)
    await user.$query(ctx.db).patch(rows.user)
    await settings.$query(ctx.db).patch(rows.settings)
    const { showActivityStatus: shown } = after.privacy
    if (shown !== before.privacy.showActivityStatus) showActivity(ctx, shown)
    if (after.privacy.isPrivate && !before.privacy.isPrivate)
      ctx.emit(AccessRevoked, { userId: null, rooms: [guestsRoom(user.id)] })
    ctx.emit(SettingsUpdated, { userId: user.id, ...after })
    return after
  },
})

/** Who hides their activity sits among the aloof from here on, and so hears of nobody’s. */
function showActivity(ctx: UserCtx, shown: boolean) {
  const userId = ctx.actor.id
  ctx.emit(shown ? AccessRevoked : AccessGranted, { userId, rooms: [aloofRoom] })
  ctx.emit(ActivityChanged, { userId, shown })
}
