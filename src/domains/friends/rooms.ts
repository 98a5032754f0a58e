import { roomKind } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { friendIds } from './policy.ts'

/** One publish reaches all of a person's friends, however many they are. */
export const friendsRoom = roomKind<UserId>('friends', {
  about: 'A person and their friends; what the person shares with friends is heard here.',
  standing: (db, person) => db.select(db.raw('?::uuid', [person])).unionAll(friendIds(db, person).toKnexQuery()),
})
