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

export const openRoom = roomKind<UserId>('open', {
  about:
    'Those who have something on screen that a person shows to everybody; all are put out when the account becomes private.',
})

export const rooms = [aloofKind, openRoom]
