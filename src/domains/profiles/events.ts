import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import { ChangedProfileWire } from './wire.ts'

export const ProfileUpdated = event('profile:updated', {
  about: 'A person changed their profile; heard on their own devices, which read birth date and gender for themselves.',
  payload: ChangedProfileWire,
  audience: profile => ({ rooms: [deviceRoom(profile.userId)] }),
  subjects: ({ userId, avatar, cover }) => [userId, ...[avatar, cover].flatMap(media => media?.id ?? [])],
})
