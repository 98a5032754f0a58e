import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { bool, extended, id, shape } from '../../kernel/shape.ts'
import { SettingsWire } from './wire.ts'

export const SettingsUpdated = event('settings:updated', {
  about: 'A person changed their settings, all of which it tells; heard by their own devices.',
  payload: extended(SettingsWire, { userId: id<UserId>() }),
  audience: ({ userId }) => ({ rooms: [deviceRoom(userId)] }),
})

export const ActivityChanged = event('activity:changed', {
  about: 'A person shows their activity from now on, or no longer; heard by their own devices.',
  payload: shape({ userId: id<UserId>(), shown: bool() }),
  audience: ({ userId }) => ({ rooms: [deviceRoom(userId)] }),
})
