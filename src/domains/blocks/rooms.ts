import { roomKind } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import { hiddenIds } from '../accounts/policy.ts'

/** Whatever a person does goes out to everybody it is for except who sits here. */
export const hiddenRoom = roomKind<UserId>('hidden', {
  about:
    'Those from whom a person is hidden by a block in either direction; whoever is here hears nothing the person does.',
  excludesActor: true,
  standing: (db, person) => hiddenIds(db, person).toKnexQuery(),
})
