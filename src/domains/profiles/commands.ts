import { isDeepStrictEqual } from 'node:util'
import { UniqueViolationError } from 'objection'
import { command } from '../../kernel/command.ts'
import { perMinute } from '../../kernel/limit.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, optional, shape, text, token } from '../../kernel/shape.ts'
import { NoPerson } from '../accounts/failures.ts'
import { personToMeet } from '../accounts/policy.ts'
import { ProfileUpdated } from './events.ts'
import { UsernameTaken } from './failures.ts'
import { Profile } from './model.ts'
import { ProfileWire, toWire } from './wire.ts'

const username = () => token(/^[a-z0-9][a-z0-9._]{1,28}[a-z0-9]$/, '3 to 30 of a-z, 0-9, dot and underscore')

export const getProfile = command('profile:get', {
  about: 'Reads the profile of one person.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(300) },
  input: shape({ userId: id<UserId>() }),
  ack: ProfileWire,
  async run(ctx, { userId }) {
    await personToMeet(ctx, userId)
    return toWire(userId, await Profile.query(ctx.db).findById(userId))
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
    await personToMeet(ctx, profile.userId)
    return toWire(profile.userId, profile)
  },
})

export const updateProfile = command('profile:update', {
  about: 'Changes one’s own profile; what is left out stays as it is.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(60) },
  input: shape({
    username: optional(username()),
    displayName: optional(text({ max: 50, line: true })),
    bio: optional(text({ min: 0, max: 500 })),
  }),
  ack: ProfileWire,
  async run(ctx, changes) {
    const userId = ctx.actor.id
    const before = toWire(userId, await Profile.query(ctx.db).findById(userId))
    if (isDeepStrictEqual({ ...before, ...changes }, before)) return before
    const profile = await Profile.query(ctx.db)
      .insert({ userId, ...changes })
      .onConflict('userId')
      .merge({ ...changes, updatedAt: ctx.now })
      .returning('*')
      .catch((error: unknown) => {
        throw error instanceof UniqueViolationError ? UsernameTaken({}, { cause: error }) : error
      })
    const wire = toWire(userId, profile)
    ctx.emit(ProfileUpdated, wire)
    return wire
  },
})
