import { slice } from '../../kernel/app.ts'
import { getSettings, updateSettings } from './commands.ts'
import { ActivityChanged, SettingsUpdated } from './events.ts'
import { rooms } from './rooms.ts'

/** Settings: what a person prefers, for themselves and towards others. */
export const settings = slice({
  commands: [getSettings, updateSettings],
  events: [SettingsUpdated, ActivityChanged],
  rooms,
})
