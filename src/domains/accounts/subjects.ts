/** People as other providers know them: a provider's word for somebody, kept sealed, and found by an index. */
import type { Identity } from '../../kernel/ports.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import { ProviderTaken } from './failures.ts'
import { hold } from './keeping.ts'
import { Authentication } from './model.ts'

/** Whether somebody else vouches for a person: Firebase also signs in whom it made up, or asked for a password itself. */
export const isFederated = ({ provider }: Identity) => provider.includes('.')

const placeOf = (userId: UserId) => `authentication.subject|${userId}`
/** One provider's word is not another's, though Firebase may have the same for both. */
const wordOf = ({ provider, subject }: Pick<Identity, 'provider' | 'subject'>) => `${provider} ${subject}`
const indexesOf = ({ ports }: Ctx, identity: Identity) => ports.vault.blindIndexes('subject', wordOf(identity))

/** Holds what a provider says until the transaction ends: of two first sign-ins at once the later finds the account. */
export async function holdSubject(ctx: Ctx, identity: Identity): Promise<void> {
  await hold(ctx, indexesOf(ctx, identity))
}

/** Whose account it is; null when it is nobody's. */
export async function accountOfSubject(ctx: Ctx, identity: Identity): Promise<UserId | null> {
  const { rows } = await ctx.db.raw<{ rows: [{ id: UserId | null }] }>('select person_of_subject(?::text[]) as id', [
    [...indexesOf(ctx, identity)],
  ])
  return rows[0].id
}

/** From here on this person can sign in by the provider; the subject is held, and the scope theirs. */
export async function linkSubject(ctx: Ctx, userId: UserId, identity: Identity): Promise<void> {
  const owner = await accountOfSubject(ctx, identity)
  if (owner && owner !== userId) throw ProviderTaken()
  const { provider, subject } = identity
  const subjectIndex = ctx.ports.vault.blindIndex('subject', wordOf(identity))
  const subjectSealed = ctx.ports.vault.seal(placeOf(userId), subject)
  await Authentication.query(ctx.db)
    .insert({ userId, method: 'social', provider, subjectSealed, subjectIndex, chosenAt: ctx.now })
    .onConflict(['userId', 'provider'])
    .merge()
}

/** Keeps a subject under the first of the keys. */
export async function renewSubject({ db, ports: { vault } }: Ctx, way: Authentication): Promise<void> {
  const { id, userId, provider, subjectSealed } = way
  if (subjectSealed === null || provider === null) return
  const subject = vault.open(placeOf(userId), subjectSealed)
  const subjectIndex = vault.blindIndex('subject', wordOf({ provider, subject }))
  if (vault.isCurrent(subjectSealed) && way.subjectIndex === subjectIndex) return
  await Authentication.query(db)
    .findById(id)
    .patch({ subjectSealed: vault.seal(placeOf(userId), subject), subjectIndex })
}
