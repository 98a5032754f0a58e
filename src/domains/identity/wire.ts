import type { Vault } from '../../kernel/ports.ts'
import type { UserId } from '../../kernel/scope.ts'
import { bool, id, instant, list, nullable, oneOf, shape, text, type Infer } from '../../kernel/shape.ts'
import { contactIn } from '../accounts/keeping.ts'
import { ACCOUNT_TYPES, ROLES, type Authentication, type ContactChange, type User } from '../accounts/model.ts'
import { pendingContact } from './changes.ts'

const contact = () => nullable(text({ max: 254 }))

export const AccountWire = shape({
  userId: id<UserId>(),
  role: oneOf(...ROLES),
  accountType: oneOf(...ACCOUNT_TYPES),
  phone: contact(),
  phoneVerifiedAt: nullable(instant()),
  email: contact(),
  emailVerifiedAt: nullable(instant()),
  hasPassword: bool(),
  /** The providers one can sign in by, such as `google.com`. */
  providers: list(text({ max: 100 }), { max: 100 }),
  /** What takes the place of a phone or e-mail address, and when. */
  changes: list(shape({ kind: oneOf('phone', 'email'), value: text({ max: 254 }), dueAt: instant() }), { max: 2 }),
  createdAt: instant(),
})
export type AccountWire = Infer<typeof AccountWire>

export interface Account {
  readonly user: User
  readonly ways: readonly Authentication[]
  readonly changes: readonly ContactChange[]
}

export const toWire = (vault: Vault, { user, ways, changes }: Account): AccountWire => ({
  userId: user.id,
  role: user.role,
  accountType: user.accountType,
  phone: contactIn(vault, user, 'phone'),
  phoneVerifiedAt: user.phoneVerifiedAt?.toISOString() ?? null,
  email: contactIn(vault, user, 'email'),
  emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
  hasPassword: ways.some(({ method }) => method === 'password'),
  providers: ways.flatMap(({ provider }) => provider ?? []),
  changes: changes.map(change => ({
    kind: change.kind,
    value: pendingContact(vault, change).value,
    dueAt: change.dueAt.toISOString(),
  })),
  createdAt: user.createdAt.toISOString(),
})
