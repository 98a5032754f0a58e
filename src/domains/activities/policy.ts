import type { UserCtx } from '../../kernel/scope.ts'
import { Activity } from './model.ts'

/** The actor's own activities: nobody else's can be read. */
export const ownActivities = (ctx: UserCtx) => Activity.query(ctx.db).where({ userId: ctx.actor.id })
