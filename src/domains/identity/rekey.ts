import type { Knex } from 'knex'
import { job } from '../../kernel/job.ts'
import type { Vault } from '../../kernel/ports.ts'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { id, nullable, shape } from '../../kernel/shape.ts'
import { contactIn, kept } from '../accounts/keeping.ts'
import { Authentication, ContactChange, User } from '../accounts/model.ts'
import { renewSubject } from '../accounts/subjects.ts'
import { renewChange } from './changes.ts'
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
  for (const change of await ContactChange.query(ctx.db).where({ userId: user.id })) await renewChange(ctx, change)
}

function renewedContact(vault: Vault, user: User, kind: 'phone' | 'email'): Partial<User> {
  const value = contactIn(vault, user, kind)
  const [sealed, index] = kind === 'phone' ? [user.phoneSealed, user.phoneIndex] : [user.emailSealed, user.emailIndex]
  if (value === null || (vault.isCurrent(sealed ?? '') && index === vault.blindIndex(kind, value))) return {}
  return kept(vault, user.id, { kind, value })
}

interface KeyUse {
  readonly ring: 'seal' | 'index'
  readonly kid: string
  readonly count: number
}

/** How much is kept under each key, by the ids of the keys: those that seal, and those that blind. */
export async function keyUse(db: Knex): Promise<readonly KeyUse[]> {
  const { rows } = await db.raw<{ rows: KeyUse[] }>('select ring, kid, count from key_use()')
  return rows
}

interface Rings {
  readonly seal: readonly string[]
  readonly index: readonly string[]
}

/**
 * Throws when the first or the latest account is kept under a key that is not in the rings: with such rings nobody would
 * be found, and whoever signed in would be somebody new.
 */
export async function assertKeysKnown(db: Knex, { seal, index }: Rings): Promise<void> {
  const users = await Promise.all((['asc', 'desc'] as const).map(order => User.query(db).orderBy('id', order).first()))
  for (const user of users.filter(user => user !== undefined)) {
    const sealed = [user.phoneSealed, user.emailSealed].map(value => value?.split('.')[1])
    const blinded = [user.phoneIndex, user.emailIndex].map(value => value?.split('.')[0])
    refuseUnknown('SEAL_KEYS', seal, sealed)
    refuseUnknown('INDEX_KEYS', index, blinded)
  }
}

function refuseUnknown(setting: string, known: readonly string[], used: readonly (string | undefined)[]) {
  const unknown = used.find(kid => kid !== undefined && !known.includes(kid))
  if (unknown !== undefined) throw new Error(`${setting} must have the key '${unknown}': accounts are kept under it`)
}
