import { command } from '../../../kernel/command.ts'
import { perHour, perMinute } from '../../../kernel/limit.ts'
import type { UserCtx } from '../../../kernel/scope.ts'
import { oneOf, shape } from '../../../kernel/shape.ts'
import { ACCOUNT_TYPES, Authentication, ContactChange, User } from '../../accounts/model.ts'
import { record } from '../../activities/policy.ts'
import { closeAccount } from '../../sessions/ending.ts'
import { lately } from '../../sessions/policy.ts'
import { AccountUpdated } from '../events.ts'
import { tell } from '../notices.ts'
import { ownUser } from '../policy.ts'
import { AccountWire, toWire } from '../wire.ts'

async function ownAccount({ db, actor, ports }: UserCtx): Promise<AccountWire> {
  const userId = actor.id
  const user = await User.query(db).findById(userId).throwIfNotFound()
  const ways = await Authentication.query(db).where({ userId }).orderBy('provider')
  const changes = await ContactChange.query(db).where({ userId }).orderBy('kind')
  return toWire(ports.vault, { user, ways, changes })
}

export const getAccount = command('account:get', {
  about: 'One’s own account: how it can be reached and signed in to. Nobody else ever sees it.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(60) },
  input: shape({}),
  ack: AccountWire,
  run: ownAccount,
})

export const updateAccount = command('account:update', {
  about: 'Says what one’s account is for.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(20) },
  input: shape({ accountType: oneOf(...ACCOUNT_TYPES) }),
  ack: shape({ accountType: oneOf(...ACCOUNT_TYPES) }), // kept for repeats, so without phones and addresses
  async run(ctx, { accountType }) {
    const user = await ownUser(ctx)
    if (user.accountType !== accountType) {
      await user.$query(ctx.db).patch({ accountType })
      ctx.emit(AccountUpdated, { userId: user.id })
    }
    return { accountType }
  },
})

export const deactivateAccount = command('account:deactivate', {
  about: 'Leaves for a while: nobody finds the account until its owner signs in again. Needs a fresh proof.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(5) },
  input: shape({}),
  ack: shape({}),
  async run(ctx) {
    await lately(ctx)
    await closeAccount(ctx, ctx.actor.id, 'deactivated')
    await record(ctx, { userId: ctx.actor.id, type: 'account_deactivated' })
    tell(ctx, { userId: ctx.actor.id, notice: 'account_deactivated' })
    return {}
  },
})

export const deleteAccount = command('account:delete', {
  about: 'Leaves for good: from here on nobody finds the account, and nobody signs in to it. Needs a fresh proof.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(5) },
  input: shape({}),
  ack: shape({}),
  async run(ctx) {
    await lately(ctx)
    await closeAccount(ctx, ctx.actor.id, 'deleted')
    tell(ctx, { userId: ctx.actor.id, notice: 'account_deleted' })
    return {}
  },
})
