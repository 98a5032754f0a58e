/** How contacts are kept: sealed for their row, and found by an index that does not show them. */
import { perDay, perHour } from '../../kernel/limit.ts'
import type { Vault } from '../../kernel/ports.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import type { Contact, ContactKind } from './contact.ts'
import { ContactTaken } from './failures.ts'
import { Authentication, ContactChange, User } from './model.ts'

const placeOf = (kind: ContactKind, userId: UserId) => `users.${kind}|${userId}`

/** What a row of `users` keeps of a contact. */
export function kept(vault: Vault, userId: UserId, { kind, value }: Contact) {
  const [sealed, index] = [vault.seal(placeOf(kind, userId), value), vault.blindIndex(kind, value)]
  return kind === 'phone' ? { phoneSealed: sealed, phoneIndex: index } : { emailSealed: sealed, emailIndex: index }
}

/** A contact of a person in clear; null where there is none. */
export function contactIn(vault: Vault, user: User, kind: ContactKind): string | null {
  const sealed = kind === 'phone' ? user.phoneSealed : user.emailSealed
  return sealed === null ? null : vault.open(placeOf(kind, user.id), sealed)
}

/**
 * Holds a contact until the transaction ends: of two who take it at once, the later finds it taken. Under every key it
 * may be kept by, so that processes whose rings of keys differ while they are changed still meet.
 */
export async function holdContact(ctx: Ctx, { kind, value }: Contact): Promise<void> {
  await hold(ctx, ctx.ports.vault.blindIndexes(kind, value))
}

/** Holds all that is found by any of these; in one order, so that nobody waits for who waits for them. */
export async function hold({ db }: Ctx, indexes: readonly string[]): Promise<void> {
  await db.raw('select pg_advisory_xact_lock(hashtextextended(index, 0)) from unnest(?::text[]) index', [
    indexes.toSorted(),
  ])
}

/** The account that has a contact, in whatever state. */
export const accountWith = (ctx: Ctx, { kind, value }: Contact) =>
  User.query(ctx.db)
    .whereIn(kind === 'phone' ? 'phoneIndex' : 'emailIndex', [...ctx.ports.vault.blindIndexes(kind, value)])
    .first()

const verified = (kind: ContactKind, now: Date) =>
  kind === 'phone' ? { phoneVerifiedAt: now } : { emailVerifiedAt: now }

/** Accounts that one network address makes. */
const REGISTRATIONS = [perHour(5), perDay(20)]

/** The account that has a proven contact, held, and made if there is none; the contact is held. */
export async function accountOf(ctx: Ctx, contact: Contact): Promise<User> {
  const known = await accountWith(ctx, contact).forNoKeyUpdate()
  if (known) return known
  if (ctx.address) await ctx.ports.pace.spend({ key: `account:address:${ctx.address}`, rates: REGISTRATIONS })
  const { rows } = await ctx.db.raw<{ rows: [{ id: UserId }] }>('select uuidv7() as id')
  const [{ id }] = rows // known before the row is, because the contact is sealed for it
  return User.query(ctx.db)
    .insert({ id, ...kept(ctx.ports.vault, id, contact), ...verified(contact.kind, ctx.now) })
    .returning('*')
}

/** Gives an account a proven contact in place of what it had; the contact is held. */
export async function giveContact(ctx: Ctx, userId: UserId, contact: Contact): Promise<void> {
  const owner = await accountWith(ctx, contact)
  if (owner && owner.id !== userId) throw ContactTaken()
  await User.query(ctx.db)
    .findById(userId)
    .patch({ ...kept(ctx.ports.vault, userId, contact), ...verified(contact.kind, ctx.now) })
}

/** The row of a person's password, if they have one; the scope is theirs. */
export const passwordOf = ({ db }: Ctx, userId: UserId) =>
  Authentication.query(db).where({ userId, method: 'password' }).first()

/** Calls off what contacts are on their way to a person, as whoever asked for them may be thrown out; answers whether any were. */
export async function voidChanges({ db }: Ctx, userId: UserId): Promise<boolean> {
  return (await ContactChange.query(db).where({ userId }).delete()) > 0
}
