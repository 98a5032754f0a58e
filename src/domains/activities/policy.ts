import type { SessionId } from '../../kernel/control.ts'
import type { Ctx, UserCtx, UserId } from '../../kernel/scope.ts'
import { Activity, type ActivityType } from './model.ts'

/** The actor's own activities: nobody else's can be read. */
export const ownActivities = (ctx: UserCtx) => Activity.query(ctx.db).where({ userId: ctx.actor.id })

interface Done {
  readonly userId: UserId
  readonly type: ActivityType
  readonly sessionId?: SessionId
  readonly device?: Activity['device']
}

/** Keeps what was done with a person's account, and from where; the scope is theirs. */
export const record = (ctx: Ctx, { userId, type, sessionId, device = {} }: Done) =>
  Activity.query(ctx.db).insert({ userId, type, sessionId: sessionId ?? null, address: ctx.address, device })
