import { slice } from '../../kernel/app.ts'
import { listPresence, setTyping } from './commands.ts'
import { PresenceChanged, TypingChanged } from './events.ts'

/** Presence: who is here and who types, told to those who show the same. */
export const presence = slice({
  commands: [listPresence, setTyping],
  events: [PresenceChanged, TypingChanged],
})
