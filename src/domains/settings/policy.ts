import type { Knex } from 'knex'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { User } from '../accounts/model.ts'
import { ownUser } from '../identity/policy.ts'
import { Settings, type NotificationType } from './model.ts'
import { toWire, type Kept } from './wire.ts'

const ownRow = ({ db, actor }: UserCtx) => Settings.query(db).findById(actor.id).throwIfNotFound()

/** The actor's own settings: nobody else's can be read. */
export const ownSettings = async (ctx: UserCtx): Promise<Kept> => ({
  user: await User.query(ctx.db).findById(ctx.actor.id).throwIfNotFound(),
  settings: await ownRow(ctx),
})

/** The same to change. They are held with the account: of two changes at once, the later builds on the earlier. */
export const ownSettingsToChange = async (ctx: UserCtx): Promise<Kept> => ({
  user: await ownUser(ctx),
  settings: await ownRow(ctx),
})

/** Whether a person shows that they are here and typing. Who does not is not shown it of others either. */
export async function showsActivity(db: Knex, userId: UserId): Promise<boolean> {
  const user = await User.query(db).findById(userId).select('showsActivity')
  return user?.showsActivity === true
}

/** Whether the actor’s phones are to be woken for notifications of a type. */
export async function wantsPush(ctx: UserCtx, type: NotificationType): Promise<boolean> {
  const { notifications } = toWire(await ownSettings(ctx))
  return notifications.push && notifications.types[type].push
}

/** Whether the actor wants less to be loaded. */
export async function savesData({ db, actor }: UserCtx): Promise<boolean> {
  const settings = await Settings.query(db).findById(actor.id).select('dataSaverMode')
  return settings?.dataSaverMode === true
}
