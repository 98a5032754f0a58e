/**
 * A new phone or e-mail address is the account's a day after it was proven. Until then those it has are told, sign in, and
 * can call it off: whoever holds an open phone for a minute does not own the account for good. On the first day of an
 * account there is nothing to own yet, and what it lacks is added at once.
 */
import type { Vault } from '../../kernel/ports.ts'
import type { Ctx, UserCtx, UserId } from '../../kernel/scope.ts'
import type { Contact, ContactKind } from '../accounts/contact.ts'
import { ContactTaken } from '../accounts/failures.ts'
import { accountWith, contactIn, giveContact, holdContact } from '../accounts/keeping.ts'
import { record } from '../activities/policy.ts'
import { holdAccount } from '../accounts/policy.ts'
import { voidChallenges } from '../sessions/challenges.ts'
import { AccountUpdated } from './events.ts'
import { tell } from './notices.ts'
import { ContactChange } from '../accounts/model.ts'
import { ownUser } from './policy.ts'

const HELD_MS = 24 * 3_600_000

const placeOf = (userId: UserId, kind: ContactKind) => `contact_changes.${kind}|${userId}`

/** What a change brings. */
export const pendingContact = (vault: Vault, { userId, kind, sealed }: ContactChange): Contact => ({
  kind,
  value: vault.open(placeOf(userId, kind), sealed),
})

/** Keeps what a change brings under the first of the keys; the account is held. */
export async function renewChange({ db, ports: { vault } }: Ctx, change: ContactChange): Promise<void> {
  const { userId, kind, sealed } = change
  if (vault.isCurrent(sealed)) return
  const { value } = pendingContact(vault, change)
  await ContactChange.query(db)
    .findById([userId, kind])
    .patch({ sealed: vault.seal(placeOf(userId, kind), value) })
}

/** Gives the actor a proven contact: at once where they are new and had none, else when it is due. The contact is held. */
export async function settle(ctx: UserCtx, contact: Contact): Promise<{ readonly dueAt: Date | null }> {
  const user = await ownUser(ctx)
  const owner = await accountWith(ctx, contact)
  if (owner && owner.id !== user.id) throw ContactTaken()
  const had = contactIn(ctx.ports.vault, user, contact.kind)
  if (had === contact.value) return { dueAt: null }
  const isNew = ctx.now.getTime() - user.createdAt.getTime() < HELD_MS
  if (had === null && isNew) {
    await give(ctx, user.id, contact)
    return { dueAt: null }
  }
  const { kind, value } = contact
  const dueAt = new Date(ctx.now.getTime() + HELD_MS)
  const sealed = ctx.ports.vault.seal(placeOf(user.id, kind), value)
  await ContactChange.query(ctx.db)
    .insert({ userId: user.id, kind, sealed, dueAt })
    .onConflict(['userId', 'kind'])
    .merge()
  await record(ctx, { userId: user.id, type: 'change_pending' })
  tell(ctx, { userId: user.id, notice: 'change_pending' })
  ctx.emit(AccountUpdated, { userId: user.id })
  return { dueAt }
}

async function give(ctx: Ctx, userId: UserId, contact: Contact): Promise<void> {
  await giveContact(ctx, userId, contact)
  await voidChallenges(ctx, userId, 'reset', 'change')
  const type = contact.kind === 'phone' ? 'phone_changed' : 'email_changed'
  await record(ctx, { userId, type })
  tell(ctx, { userId, notice: type })
  ctx.emit(AccountUpdated, { userId })
}

/** Makes a change that is due. One that somebody else has taken meanwhile is dropped, and one of an account that is closed. */
export async function apply(ctx: Ctx, { userId, kind }: Pick<ContactChange, 'userId' | 'kind'>): Promise<void> {
  const due = () => ContactChange.query(ctx.db).findById([userId, kind]).where('dueAt', '<=', ctx.now)
  const known = await due()
  if (!known) return
  const contact = pendingContact(ctx.ports.vault, known)
  await holdContact(ctx, contact)
  const user = await holdAccount(ctx.db, userId)
  const change = await due().forUpdate()
  if (change?.sealed !== known.sealed) return // called off, or another took its place
  await ContactChange.query(ctx.db).deleteById([userId, kind])
  const isFree = !(await accountWith(ctx, contact))
  if (isFree && user?.status === 'active') return give(ctx, userId, contact)
  await record(ctx, { userId, type: 'change_cancelled' })
  ctx.emit(AccountUpdated, { userId })
}
