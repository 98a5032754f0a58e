import { randomBytes } from 'node:crypto'
import { bcryptPasswords, type PasswordOptions } from '../../../../src/infra/passwords/index.ts'

export const key = () => randomBytes(32)

/** Passwords of the lowest cost bcrypt knows, closed by `await using`. */
export function openPasswords(more: Partial<PasswordOptions> = {}) {
  const passwords = bcryptPasswords({ keys: { p1: key() }, activeKid: 'p1', cost: 4, ...more })
  return { ...passwords, [Symbol.asyncDispose]: passwords.close }
}
