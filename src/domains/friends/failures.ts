import { failure } from '../../kernel/failure.ts'

export const NotYourself = failure('bad_request', 'yourself', 'That is you')
export const NoFriendRequest = failure('not_found', 'friend_request', 'There is no such request')
export const NoFriend = failure('not_found', 'friend', 'You are not friends')
