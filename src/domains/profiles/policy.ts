import type { Knex } from 'knex'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { NoPerson } from '../accounts/failures.ts'
import { User } from '../accounts/model.ts'
import { ofMeetable, personToMeet } from '../accounts/policy.ts'
import { areFriends, friendIds, friendshipWith } from '../friends/policy.ts'
import { Profile } from './model.ts'
import { allPictured, pictured } from './pictures.ts'
import type { Seen, Sight } from './wire.ts'

/** Where a viewer stands to a person they may meet. */
export interface Standing {
  readonly viewer: UserId
  readonly friends: boolean
}

/** How much of a person a viewer sees: the same rule for one account in hand and for a query over many. */
export function sightOf(
  { id, profileVisibility, isPrivate }: Pick<User, 'id' | 'profileVisibility' | 'isPrivate'>,
  { viewer, friends }: Standing,
): Sight {
  if (id === viewer) return 'own'
  if (profileVisibility === 'private') return 'head'
  return friends || (profileVisibility === 'public' && !isPrivate) ? 'open' : 'head'
}

/** A column for a query over the accounts `person`. */
export const sightFor = ({ db, actor }: UserCtx): Knex.Raw =>
  db.raw(
    `case when person.id = ? then 'own'
       when person.profile_visibility = 'private' then 'head'
       when person.profile_visibility = 'public' and not person.is_private or person.id in (?) then 'open'
       else 'head' end as sight`,
    [actor.id, friendIds(db, actor.id).toKnexQuery()],
  )

/** The only ways to see people: those one may meet, each as far as they let one. */
export async function personToSee(ctx: UserCtx, userId: UserId): Promise<Seen> {
  await personToMeet(ctx, userId)
  const [user, friendship, profile] = await Promise.all([
    User.query(ctx.db).findById(userId),
    friendshipWith(ctx, userId),
    Profile.query(ctx.db).findById(userId),
  ])
  if (!user) throw NoPerson()
  const sight = sightOf(user, { viewer: ctx.actor.id, friends: areFriends(friendship) })
  return pictured(ctx.db, { userId, joined: user.createdAt, sight, profile })
}

/** In the order they are asked for; whom one may not meet is not among them. */
export async function peopleToSee(ctx: UserCtx, userIds: readonly UserId[]): Promise<Seen[]> {
  const people = (await User.query(ctx.db)
    .alias('person')
    .findByIds([...userIds])
    .modify(ofMeetable(ctx, 'person.id'))
    .select('person.id', 'person.createdAt', sightFor(ctx))) as (User & { readonly sight: Sight })[]
  const profiles = await Profile.query(ctx.db).findByIds(people.map(({ id }) => id))
  const profileOf = new Map(profiles.map(profile => [profile.userId, profile]))
  const found = await allPictured(
    ctx.db,
    people.map(({ id, createdAt, sight }) => ({ userId: id, joined: createdAt, sight, profile: profileOf.get(id) })),
  )
  const seen = new Map(found.map(person => [person.userId, person]))
  return userIds.flatMap(id => seen.get(id) ?? [])
}

/** One's own, held until the transaction ends: of two devices that change it, the later knows of the earlier. */
export async function personToChange({ db, actor }: UserCtx): Promise<Seen> {
  const { id, createdAt } = await User.query(db).findById(actor.id).forNoKeyUpdate().throwIfNotFound()
  const profile = await Profile.query(db).findById(id)
  return pictured(db, { userId: id, joined: createdAt, sight: 'own', profile })
}
