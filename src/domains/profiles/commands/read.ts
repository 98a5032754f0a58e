import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import type { UserId } from '../../../kernel/scope.ts'
import { id, list, shape } from '../../../kernel/shape.ts'
import { NoPerson } from '../../accounts/failures.ts'
import { Profile } from '../model.ts'
import { peopleToSee, personToSee } from '../policy.ts'
import { username } from '../usernames.ts'
import { ProfileWire, toWire } from '../wire.ts'

export const getProfile = command('profile:get', {
  about: 'Reads the profile of one person, as far as they let one.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(300) },
  input: shape({ userId: id<UserId>() }),
  ack: ProfileWire,
  async run(ctx, { userId }) {
    return toWire(await personToSee(ctx, userId))
  },
})

export const findProfile = command('profile:find', {
  about: 'Finds a person by their exact username.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(60) },
  input: shape({ username: username() }),
  ack: ProfileWire,
  async run(ctx, { username }) {
    const profile = await Profile.query(ctx.db).findOne({ username })
    if (!profile) throw NoPerson()
    return toWire(await personToSee(ctx, profile.userId))
  },
})

export const listProfiles = command('profile:list', {
  about: 'Reads the profiles of many people, in the order asked for; whom one may not meet is left out.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ userIds: list(id<UserId>(), { max: 50, unique: true }) }),
  ack: shape({ items: list(ProfileWire, { max: 50 }) }),
  async run(ctx, { userIds }) {
    const people = await peopleToSee(ctx, userIds)
    return { items: people.map(toWire) }
  },
})
