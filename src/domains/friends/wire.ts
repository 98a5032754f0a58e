import type { UserId } from '../../kernel/scope.ts'
import { id, oneOf, shape, text, type Infer } from '../../kernel/shape.ts'
import type { Friendship } from './model.ts'

/** A friend, or somebody with whom a request is open, as one side sees them. */
export const FriendWire = shape({
  userId: id<UserId>(),
  status: oneOf('accepted', 'incoming', 'outgoing'),
  displayName: text({ min: 0, max: 50 }),
})

/** One's row of the list: the friendship, who the other is, and the name on their profile if they have one. */
export interface FriendRow extends Pick<Friendship, 'status' | 'requestedBy'> {
  readonly otherId: UserId
  readonly displayName: string | null
}

export const toWire = ({ otherId, status, requestedBy, displayName }: FriendRow): Infer<typeof FriendWire> => ({
  userId: otherId,
  status: status === 'accepted' ? status : requestedBy === otherId ? 'incoming' : 'outgoing',
  displayName: displayName ?? '',
})
