import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, integer, shape } from '../../kernel/shape.ts'
import type { MediaId } from './model.ts'
import { MediaWire } from './wire.ts'

export const MediaProgressed = event('media:progressed', {
  about: 'A photo is being made ready; heard by its owner.',
  payload: shape({ mediaId: id<MediaId>(), ownerId: id<UserId>(), percent: integer({ min: 0, max: 100 }) }),
  audience: ({ ownerId }) => ({ rooms: [deviceRoom(ownerId)] }),
})

export const MediaReady = event('media:ready', {
  about: 'A photo has its renditions and can be posted; heard by its owner.',
  payload: MediaWire,
  audience: ({ ownerId }) => ({ rooms: [deviceRoom(ownerId)] }),
})

export const MediaFailed = event('media:failed', {
  about: 'A photo could not be made ready, with the reason; heard by its owner.',
  payload: MediaWire,
  audience: ({ ownerId }) => ({ rooms: [deviceRoom(ownerId)] }),
})
