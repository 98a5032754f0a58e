/** Which usernames there can be, and which of them a person may have. */
import { Invalid } from '../../kernel/failure.ts'
import type { UserCtx } from '../../kernel/scope.ts'
import { token } from '../../kernel/shape.ts'
import { UsernameChanges, UsernameTaken } from './failures.ts'
import { readsLikeStaff } from './look-alikes.ts'
import { Profile, ReleasedUsername } from './model.ts'
import { isReserved } from './reserved.ts'

const PATTERN = /^(?=.{3,30}$)(?=.*[a-z])[a-z0-9]+(?:[._][a-z0-9]+)*$/
const WHAT = '3 to 30 of a-z, 0-9, and single dots or underscores between them; with a letter'
export const username = () => token(PATTERN, WHAT)

/** For so long a username that was given up is nobody else's, and changes of it count. */
const KEPT_MS = 30 * 24 * 3_600_000
export const keptSince = (now: Date) => new Date(now.getTime() - KEPT_MS)
const CHANGES = 2

export const HINDRANCES = ['malformed', 'reserved', 'taken'] as const

/** Why the actor cannot have a username; null when they can. That somebody gave it up lately is not told. */
export async function hindranceTo(ctx: UserCtx, username: string): Promise<(typeof HINDRANCES)[number] | null> {
  if (!PATTERN.test(username)) return 'malformed'
  if (isReserved(username) || readsLikeStaff(username)) return 'reserved'
  return (await isTaken(ctx, username)) ? 'taken' : null
}

/** In one statement, so that one that is given up meanwhile is seen before or after, and not between. */
async function isTaken({ db, actor, now }: UserCtx, username: string): Promise<boolean> {
  const had = Profile.query(db).where({ username }).whereNot({ userId: actor.id })
  const released = ReleasedUsername.query(db)
    .where({ username })
    .whereNot({ userId: actor.id })
    .where('releasedAt', '>', keptSince(now))
  const { rows } = await db.raw<{ rows: [{ taken: boolean }] }>('select exists (?) or exists (?) as taken', [
    had.toKnexQuery(),
    released.toKnexQuery(),
  ])
  return rows[0].taken
}

/** Refuses a change of username that the actor cannot make. Their account is held, so two at once are counted. */
export async function changeableTo(ctx: UserCtx, current: string | null, wanted: string): Promise<void> {
  const hindrance = await hindranceTo(ctx, wanted)
  if (hindrance === 'taken') throw UsernameTaken()
  if (hindrance === 'reserved') throw Invalid({ fields: { username: 'username is one that nobody can have' } })
  if (current === null) return
  const changes = await ReleasedUsername.query(ctx.db)
    .where({ userId: ctx.actor.id })
    .where('releasedAt', '>', keptSince(ctx.now))
    .orderBy('releasedAt')
  const oldest = changes.at(-CHANGES)
  if (oldest) throw UsernameChanges({ retryAfterMs: oldest.releasedAt.getTime() + KEPT_MS - ctx.now.getTime() })
}
