import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, shape } from '../../kernel/shape.ts'

const direction = shape({ blockerId: id<UserId>(), blockedId: id<UserId>() })

export const BlockCreated = event('block:created', {
  about: 'One person blocked another; heard only on the devices of who did it.',
  payload: direction,
  audience: ({ blockerId }) => ({ rooms: [deviceRoom(blockerId)] }),
})

export const BlockRemoved = event('block:removed', {
  about: 'One person no longer blocks another; heard only on the devices of who did it.',
  payload: direction,
  audience: ({ blockerId }) => ({ rooms: [deviceRoom(blockerId)] }),
})
