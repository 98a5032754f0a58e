import type { Knex } from 'knex'
import { job } from '../../kernel/job.ts'
import type { Vault } from '../../kernel/ports.ts'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { id, nullable, shape } from '../../kernel/shape.ts'
import { contactIn, kept } from '../accounts/keeping.ts'
import { Authentication, User } from '../accounts/model.ts'
import { renewSubject } from '../accounts/subjects.ts'
import { ownUser } from './policy.ts'

const BATCH = 200

export const Rekey = job('account:rekey', {
  about: 'Keeps accounts under the first of the keys, a batch after another. What is renewed twice is renewed once.',
  payload: shape({ after: nullable(id<UserId>()) }),
  queue: 'upkeep',
  attempts: 5,
  async run({ scope, scopeFor }, { after }) {
    const users = await scope(ctx =>
      User.query(ctx.db)
        .modify(query => {
          if (after !== null) query.where('id', '>', after)
        })
        .orderBy('id')
        .limit(BATCH)
        .select('id'),
    )
    for (const { id } of users) await scopeFor(id, renew)
    const last = users.at(-1)
    if (users.length === BATCH && last)
      await scope(async ctx => {
        ctx.enqueue(Rekey, { after: last.id })
      })
  },
})

async function renew(ctx: UserCtx): Promise<void> {
  const { vault } = ctx.ports
  const user = await ownUser(ctx)
  const renewed = { ...renewedContact(vault, user, 'phone'), ...renewedContact(vault, user, 'email') }
  if (Object.keys(renewed).length > 0) await user.$query(ctx.db).patch(renewed)
  const social = await Authentication.query(ctx.db).where({ userId: user.id, method: 'social' }).forUpdate()
  for (const way of social) await renewSubject(ctx, way)
}

function renewedContact(vault: Vault, user: User, kind: 'phone' | 'email'): Partial<User> {
  const value = contactIn(vault, user, kind)
  const [sealed, index] = kind === 'phone' ? [user.phoneSealed, user.phoneIndex] : [user.emailSealed, user.emailIndex]
  if (value === null || (vault.isCurrent(sealed ?? '') && index === vault.blindIndex(kind, value))) return {}
  return kept(vault, user.id, { kind, value })
}

/** How many phones and addresses are kept under each key, by the ids of the keys: those that seal, and those that blind. */
export async function keyUse(db: Knex): Promise<readonly { readonly kid: string; readonly count: number }[]> {
  const { rows } = await db.raw<{ rows: { kid: string; count: number }[] }>(`
    select kid, count(*)::integer as count from users, lateral (values
      (split_part(phone_sealed, '.', 2)), (split_part(email_sealed, '.', 2)),
      (split_part(phone_index, '.', 1)), (split_part(email_index, '.', 1))) keys (kid)
    where kid is not null group by kid order by kid`)
  return rows
}
