import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { Profile, ProfileView } from './model.ts'

/** Counts that the actor opened a person's profile, if it is the first time today. */
export async function countView({ db, actor, now }: UserCtx, userId: UserId): Promise<void> {
  const day = now.toISOString().slice(0, 'YYYY-MM-DD'.length)
  const [view] = await ProfileView.query(db)
    .insert([{ viewerId: actor.id, viewedId: userId, day }])
    .onConflict()
    .ignore()
    .returning('createdAt')
  if (!view?.createdAt) return
  await Profile.query(db)
    .insert({ userId, viewCount: 1, version: 0 })
    .onConflict('userId')
    .merge({ viewCount: db.raw('profiles.view_count + 1') })
}
