import type { UserId } from '../../kernel/scope.ts'
import { bool, extended, id, integer, list, nullable, shape, text, token, url, type Infer } from '../../kernel/shape.ts'
import type { Media } from '../media/model.ts'
import { MediaLinks, MediaWire, toWire as toMediaWire } from '../media/wire.ts'
import type { Profile } from './model.ts'

/** What the log may keep of a profile for a day. */
const kept = {
  userId: id<UserId>(),
  username: nullable(text({ max: 30 })),
  displayName: text({ min: 0, max: 50 }),
  isVerified: bool(),
  avatar: nullable(MediaWire),
  /** This and the next four are null to whoever sees the head only. */
  bio: nullable(text({ min: 0, max: 500 })),
  location: nullable(text({ max: 100 })),
  website: nullable(url({ max: 200 })),
  joinedMonth: nullable(token(/^\d{4}-\d\d$/, 'a month')),
  cover: nullable(MediaWire),
  /** This and the rest are null to everybody else. */
  version: nullable(integer({ min: 0, max: 2 ** 31 - 1 })),
  /** How many people opened it, each once a day. */
  viewCount: nullable(integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
}
export const ChangedProfileWire = shape(kept)

export const ProfileWire = shape({
  ...kept,
  birthDate: nullable(token(/^\d{4}-\d\d-\d\d$/, 'a date')),
  gender: nullable(text({ max: 20 })),
})
export type ProfileWire = Infer<typeof ProfileWire>

/** One profile, with links to its pictures. */
export const LinkedProfile = extended(ProfileWire, { links: list(MediaLinks, { max: 2 }) })
/** Links to the pictures of many profiles. */
export const ProfileLinks = list(MediaLinks, { max: 100 })

/** How much of a person somebody sees: all, what is open to them, or who it is. */
export type Sight = 'own' | 'open' | 'head'

/** A person as somebody sees them. */
export interface Seen {
  readonly userId: UserId
  readonly joined: Date
  readonly sight: Sight
  /** Whoever has not filled in a profile yet has an empty one. */
  readonly profile: Profile | undefined
  /** Such as whoever looks may see. */
  readonly avatar: Media | undefined
  readonly cover: Media | undefined
}

export const toWire = ({ userId, joined, sight, profile, avatar, cover }: Seen): ProfileWire => ({
  userId,
  username: profile?.username ?? null,
  displayName: profile?.displayName ?? '',
  isVerified: profile?.isVerified ?? false,
  avatar: avatar ? toMediaWire(avatar) : null,
  cover: cover ? toMediaWire(cover) : null,
  ...(sight === 'head' ? NO_DETAILS : detailsOf(joined, profile)),
  ...(sight === 'own' ? ownOf(profile) : NOTHING_OWN),
})

const NO_DETAILS = { bio: null, location: null, website: null, joinedMonth: null }
const detailsOf = (joined: Date, profile: Profile | undefined) => ({
  bio: profile?.bio ?? '',
  location: profile?.location ?? null,
  website: profile?.website ?? null,
  joinedMonth: joined.toISOString().slice(0, 'YYYY-MM'.length),
})

const NOTHING_OWN = { birthDate: null, gender: null, version: null, viewCount: null }
const ownOf = (profile: Profile | undefined) => ({
  birthDate: profile?.birthDate ?? null,
  gender: profile?.gender ?? null,
  version: profile?.version ?? 0,
  viewCount: profile?.viewCount ?? 0,
})
