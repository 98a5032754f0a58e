import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import { ProfileWire } from './wire.ts'

export const ProfileUpdated = event('profile:updated', {
  about: 'A person changed their profile; heard on their own devices.',
  payload: ProfileWire,
  audience: profile => ({ rooms: [deviceRoom(profile.userId)] }),
})
