import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import type { UserCtx, UserId } from '../../../kernel/scope.ts'
import { id, list, shape } from '../../../kernel/shape.ts'
import { linksInput } from '../../media/links.ts'
import { NoPerson } from '../../accounts/failures.ts'
import { Profile } from '../model.ts'
import { linksToPictures } from '../pictures.ts'
import { peopleToSee, personToSee } from '../policy.ts'
import { username } from '../usernames.ts'
import { LinkedProfile, ProfileLinks, ProfileWire, toWire, type Seen } from '../wire.ts'

const linked = async (ctx: UserCtx, person: Seen, dataSaver?: boolean) => ({
  ...toWire(person),
  links: await linksToPictures(ctx, [person], dataSaver),
})

export const getProfile = command('profile:get', {
  about: 'Reads the profile of one person, as far as they let one.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(300) },
  input: shape({ userId: id<UserId>(), ...linksInput }),
  ack: LinkedProfile,
  async run(ctx, { userId, dataSaver }) {
    return linked(ctx, await personToSee(ctx, userId), dataSaver)
  },
})

export const findProfile = command('profile:find', {
  about: 'Finds a person by their exact username.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(60) },
  input: shape({ username: username(), ...linksInput }),
  ack: LinkedProfile,
  async run(ctx, { username, dataSaver }) {
    const profile = await Profile.query(ctx.db).findOne({ username })
    if (!profile) throw NoPerson()
    return linked(ctx, await personToSee(ctx, profile.userId), dataSaver)
  },
})

export const listProfiles = command('profile:list', {
  about: 'Reads the profiles of many people, in the order asked for; whom one may not meet is left out.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ userIds: list(id<UserId>(), { max: 50, unique: true }), ...linksInput }),
  ack: shape({ items: list(ProfileWire, { max: 50 }), links: ProfileLinks }),
  async run(ctx, { userIds, dataSaver }) {
    const people = await peopleToSee(ctx, userIds)
    return { items: people.map(toWire), links: await linksToPictures(ctx, people, dataSaver) }
  },
})
