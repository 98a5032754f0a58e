import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, integer, shape } from '../../kernel/shape.ts'
import type { MediaId } from './model.ts'
import { MediaWire } from './wire.ts'

export const MediaProgressed = event('media:progressed', {
  about: 'A photo, video or sound is being made ready; heard by its owner.',
  payload: shape({ mediaId: id<MediaId>(), ownerId: id<UserId>(), percent: integer({ min: 0, max: 100 }) }),
  audience: ({ ownerId }) => ({ rooms: [deviceRoom(ownerId)] }),
})

export const MediaReady = event('media:ready', {
  about: 'A photo, video or sound has its renditions and can be put into something; heard by its owner.',
  payload: MediaWire,
  audience: ({ ownerId }) => ({ rooms: [deviceRoom(ownerId)] }),
  subjects: ({ id }) => [id],
})

export const MediaFailed = event('media:failed', {
  about: 'A photo, video or sound could not be made ready, with the reason; heard by its owner.',
  payload: MediaWire,
  audience: ({ ownerId }) => ({ rooms: [deviceRoom(ownerId)] }),
  subjects: ({ id }) => [id],
})

export const MediaRemoved = event('media:removed', {
  about: 'A photo, video or sound is gone, with all that was made of it; heard by its owner.',
  payload: shape({ id: id<MediaId>(), ownerId: id<UserId>() }),
  audience: ({ ownerId }) => ({ rooms: [deviceRoom(ownerId)] }),
  erases: ({ id }) => id,
})
