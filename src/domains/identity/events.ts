import { event } from '../../kernel/event.ts'
import { deviceRoom } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, shape } from '../../kernel/shape.ts'

/** Ids only: the log is no place for phones and addresses. */
export const AccountUpdated = event('account:updated', {
  about: 'Something of one’s own account changed; read `account:get` anew.',
  payload: shape({ userId: id<UserId>() }),
  audience: ({ userId }) => ({ rooms: [deviceRoom(userId)] }),
})
