import { slice } from '../../kernel/app.ts'
import { acceptFriend, closeRequest, listFriends, removeFriend, requestFriend } from './commands.ts'
import { FriendAccepted, FriendRemoved, FriendRequestClosed, FriendRequested } from './events.ts'
import * as failures from './failures.ts'
import { friendsRoom } from './rooms.ts'

/** Friends: two people who have both said yes. */
export const friends = slice({
  commands: [requestFriend, acceptFriend, closeRequest, removeFriend, listFriends],
  events: [FriendRequested, FriendAccepted, FriendRequestClosed, FriendRemoved],
  rooms: [friendsRoom],
  failures: Object.values(failures),
})
