import type { UserId } from '../../kernel/scope.ts'
import { id, nullable, shape, text, type Infer } from '../../kernel/shape.ts'
import type { Profile } from './model.ts'

export const ProfileWire = shape({
  userId: id<UserId>(),
  username: nullable(text({ max: 30 })),
  displayName: text({ min: 0, max: 50 }),
  bio: text({ min: 0, max: 500 }),
})
export type ProfileWire = Infer<typeof ProfileWire>

/** A person who has not filled in a profile yet has an empty one. */
export const toWire = (userId: UserId, profile: Profile | undefined): ProfileWire => ({
  userId,
  username: profile?.username ?? null,
  displayName: profile?.displayName ?? '',
  bio: profile?.bio ?? '',
})
