import { roomKind } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { friendIds } from './policy.ts'

/** One publish reaches all of a person's friends, however many they are. */
export const friendsRoom = roomKind<UserId>('friends', {
  about: 'A person and their friends; what the person shares with friends is heard here.',
  standing: (db, person) =>
    // A union that hangs on a select without a table loses the select, so both are its parts.
    db.unionAll([db.select(db.raw('?::uuid', [person])), friendIds(db, person).toKnexQuery()]),
})
