import { roomKind } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'

const everyone = 'everyone'

const aloofKind = roomKind<typeof everyone>('aloof', {
  about: 'Those who do not show their activity, all in one room; nothing is heard here, and no activity of others.',
  standing: (db, person) =>
    db('users')
      .where({ id: person, showsActivity: false })
      .select(db.raw('?::text', [everyone])),
})
/** Where the sockets of those sit who do not show their activity. */
export const aloofRoom = aloofKind(everyone)

export const guestsRoom = roomKind<UserId>('guests', {
  about:
    'Those who are no friends of a person and have something of theirs on screen; all are put out when the account becomes private.',
})

export const rooms = [aloofKind, guestsRoom]
