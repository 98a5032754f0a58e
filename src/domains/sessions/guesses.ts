/**
 * Guesses at passwords. Each is counted before it is looked at, so that many at once are no more than the same one after
 * another, and counted alike whether or not there is such an account.
 */
import { randomBytes } from 'node:crypto'
import { TooFast } from '../../kernel/failure.ts'
import type { Vault } from '../../kernel/ports.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import type { Contact } from '../accounts/contact.ts'
import { accountWith } from '../accounts/keeping.ts'
import { Authentication, type User } from '../accounts/model.ts'
import { record } from '../activities/policy.ts'
import { same } from './answers.ts'
import { PasswordLocked } from './events.ts'
import { PasswordGuesses } from './model.ts'

/** Guesses without a wait; each one after that waits twice as long as the one before. */
const FREE_GUESSES = 5
const LONGEST_WAIT_MS = 3_600_000
const FORGOTTEN_AFTER_MS = 24 * 3_600_000
/** Wrong guesses in a row after which a password is right no more for those who made them, until it is right for others. */
const FAILURES_MAX = 100

/** A guess that may be looked at. */
export interface Guess {
  readonly loginIndex: string
  /** The account that is meant, and the hash its password must match; null where there is none, or it is right no more. */
  readonly userId: UserId | null
  readonly hash: string | null
  /** Wrong guesses in a row at it by those who made this one, which is counted. */
  readonly failures: number
}

export const DEVICE_TOKEN = /^dt1\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/
const deviceTokenOf = (vault: Vault, { id, tokenEpoch }: Owner, name: string) =>
  `dt1.${name}.${vault.proof(`device ${id} ${tokenEpoch} ${name}`)}`

/** Whose it is, and until when: ending every session makes strangers of all devices. */
type Owner = Pick<User, 'id' | 'tokenEpoch'>

/** What tells a device that this person has used from those of strangers, who cannot make it wait by guessing. */
export const newDeviceToken = (vault: Vault, owner: Owner) =>
  deviceTokenOf(vault, owner, randomBytes(16).toString('base64url'))

/** The name of the device, if this person has used it. */
function deviceOf({ ports }: Ctx, owner: Owner | undefined, deviceToken: string | undefined): string | null {
  const [, name] = DEVICE_TOKEN.exec(deviceToken ?? '') ?? []
  if (!owner || !deviceToken || name === undefined) return null
  return same(deviceToken, deviceTokenOf(ports.vault, owner, name)) ? name : null
}

/** Whether whoever has this contact has used this device. */
export const knowsDevice = async (ctx: Ctx, contact: Contact, deviceToken: string): Promise<boolean> =>
  deviceOf(ctx, await accountWith(ctx, contact), deviceToken) !== null

/** Takes a guess at the password of whoever has this contact; throws `TooFast` while there is a wait. */
export async function takeGuess(ctx: Ctx, contact: Contact, deviceToken: string | undefined): Promise<Guess> {
  const { vault } = ctx.ports
  const account = await accountWith(ctx, contact)
  const device = deviceOf(ctx, account, deviceToken)
  const loginIndex = vault.proof(`login ${account?.id ?? contact.value} ${device ?? ''}`) // by no ring: it counts on while one is changed
  const waitMs = await count(ctx, loginIndex)
  if (waitMs > 0) throw TooFast({ retryAfterMs: waitMs })

  const nobody = { loginIndex, userId: null, hash: null, failures: 0 }
  if (!account) return nobody
  await ctx.actFor(account.id)
  const counter = device === null ? 'failures' : 'knownFailures'
  const [password] = await Authentication.query(ctx.db)
    .where({ userId: account.id, method: 'password' })
    .where(counter, '<', FAILURES_MAX)
    .increment(counter, 1)
    .returning('*')
  return password
    ? { loginIndex, userId: account.id, hash: password.passwordHash, failures: password[counter] }
    : nobody
}

/** Counts one guess, and answers 0; or, while there is a wait, how many milliseconds are left of it. */
async function count({ db, now }: Ctx, loginIndex: string): Promise<number> {
  await PasswordGuesses.query(db).insert({ loginIndex, triedAt: now }).onConflict('loginIndex').ignore()
  const guesses = await PasswordGuesses.query(db).findById(loginIndex).forUpdate().throwIfNotFound()
  const sinceMs = now.getTime() - guesses.triedAt.getTime()
  const failures = sinceMs > FORGOTTEN_AFTER_MS ? 0 : guesses.failures
  const waitMs = waitAfter(failures) - sinceMs
  if (waitMs > 0) return waitMs
  await PasswordGuesses.query(db)
    .findById(loginIndex)
    .patch({ failures: failures + 1, triedAt: now })
  return 0
}

const waitAfter = (failures: number) =>
  failures < FREE_GUESSES ? 0 : Math.min(2 ** (failures - FREE_GUESSES + 1) * 1000, LONGEST_WAIT_MS)

/** Starts the counts again: the guess was right. False when the password is no longer the one it was right for. */
export async function wasRight(
  ctx: Ctx,
  { loginIndex, userId, hash }: Guess,
  rehashed: string | null,
): Promise<boolean> {
  await PasswordGuesses.query(ctx.db).findById(loginIndex).delete()
  const matched = await Authentication.query(ctx.db)
    .where({ userId, method: 'password', passwordHash: hash })
    .patch({ ...NO_FAILURES, ...(rehashed !== null && { passwordHash: rehashed }) })
  return matched > 0
}

/** The counts of a password that was right, or is new. */
export const NO_FAILURES = { failures: 0, knownFailures: 0 } as const

/**
 * Takes a guess that comes with a code or a session, and was found to match the hash `matched`; answers whether it is
 * right. The password is held.
 */
export async function tryPassword(ctx: Ctx, own: Authentication, matched: string | null): Promise<boolean> {
  if (own.knownFailures >= FAILURES_MAX) return false
  const right = own.passwordHash === matched
  const knownFailures = own.knownFailures + 1
  await own.$query(ctx.db).patch(right ? NO_FAILURES : { knownFailures })
  if (!right) await recordWrong(ctx, own.userId, knownFailures)
  return right
}

/** Keeps that a wrong password was given, and tells the person of the one that was one too many. */
export async function recordWrong(ctx: Ctx, userId: UserId, failures: number): Promise<void> {
  const isLocked = failures === FAILURES_MAX
  await record(ctx, { userId, type: isLocked ? 'account_locked' : 'login_failed' })
  if (isLocked) ctx.emit(PasswordLocked, { userId })
}
