import { job } from '../../kernel/job.ts'
import { shape } from '../../kernel/shape.ts'
import { ReleasedUsername } from './model.ts'
import { keptSince } from './usernames.ts'

export const SweepUsernames = job('profile:sweep_usernames', {
  about: 'Lets everybody have what was given up 30 days ago. Sweeping twice sweeps once.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 3600,
  run: ({ scope }) =>
    scope(async ({ db, now }) => {
      await ReleasedUsername.query(db).where('releasedAt', '<=', keptSince(now)).delete()
    }),
})

export const SweepViews = job('profile:sweep_views', {
  about: 'Forgets who opened which profile before yesterday; it has been counted. Sweeping twice sweeps once.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 3600,
  async run({ scope }) {
    await scope(({ db }) => db.raw('select sweep_profile_views()'))
  },
})
