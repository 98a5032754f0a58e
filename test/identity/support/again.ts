import type { Person } from '../../support/person.ts'
import type { World } from '../../support/world.ts'

/** As if this person had proven who they are so many minutes ago, on every device. */
export const ageProofs = ({ db }: World, { id }: Person, minutes = 11) =>
  db('sessions')
    .where({ user_id: id })
    .update({ authenticated_at: new Date(Date.now() - minutes * 60_000) })
