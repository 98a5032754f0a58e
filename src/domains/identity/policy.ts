import type { UserCtx } from '../../kernel/scope.ts'
import type { User } from '../accounts/model.ts'
import { holdAccount } from '../accounts/policy.ts'

/** The actor's own account, held until the transaction ends. */
export const ownUser = ({ db, actor }: UserCtx): Promise<User> =>
  Promise.resolve(holdAccount(db, actor.id).throwIfNotFound())
