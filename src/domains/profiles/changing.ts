import { UniqueViolationError, type PartialModelObject } from 'objection'
import type { Ctx } from '../../kernel/scope.ts'
import { ProfileUpdated } from './events.ts'
import { UsernameTaken } from './failures.ts'
import { Profile } from './model.ts'
import { pictured } from './pictures.ts'
import { toWire, type ProfileWire, type Seen } from './wire.ts'

/** Changes a person's profile, and tells their devices; answers how they see it then. */
export async function change(
  { db, now, emit }: Ctx,
  { userId, joined }: Pick<Seen, 'userId' | 'joined'>,
  changes: PartialModelObject<Profile>,
): Promise<{ readonly seen: Seen; readonly wire: ProfileWire }> {
  const profile = await Profile.query(db)
    .insert({ userId, ...changes })
    .onConflict('userId')
    .merge({ ...changes, version: db.raw('profiles.version + 1'), updatedAt: now })
    .returning('*')
    .catch((error: unknown) => {
      const isTaken = error instanceof UniqueViolationError && error.columns.includes('username')
      throw isTaken ? UsernameTaken({}, { cause: error }) : error
    })
  const seen = await pictured(db, { userId, joined, sight: 'own', profile })
  const wire = toWire(seen)
  const { birthDate: _birthDate, gender: _gender, ...told } = wire // not for the log
  emit(ProfileUpdated, told)
  return { seen, wire }
}
