import { slice } from '../../kernel/app.ts'
import { listPresence, setPresence, setTyping } from './commands.ts'
import { ActivityChanged, PresenceChanged, TypingChanged } from './events.ts'
import { rooms } from './rooms.ts'

/** Presence: who is here and who types, told to those who show the same. */
export const presence = slice({
  commands: [listPresence, setPresence, setTyping],
  events: [PresenceChanged, ActivityChanged, TypingChanged],
  rooms,
})
