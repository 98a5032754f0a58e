/** Challenges: what is sent to a phone or a mailbox, and how it is answered. */
import { randomUUID } from 'node:crypto'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import type { Contact } from '../accounts/contact.ts'
import { holdContact } from '../accounts/keeping.ts'
import { challengeIn, codeOf, contactOf, linkTokenOf, placeOf, same } from './answers.ts'
import { CodeOver, LinkOver, TooManyTries, WrongCode } from './failures.ts'
import { SendCode, SendLink } from './jobs.ts'
import { Challenge, type ChallengeId, type Purpose } from './model.ts'

const CODE_ATTEMPTS = 5
/** Wrong guesses at one phone in a day, over all its codes: a new code does not start the count again. */
const PHONE_FAILURES = 10
const LIFE_MINUTES = { phone: 5, email: 15 } as const
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

interface Wanted {
  readonly contact: Contact
  readonly purpose: Purpose
  readonly userId?: UserId
}

/** Sends what only the owner of a contact can answer. It voids what was sent there before for the same purpose. */
export async function challenge(ctx: Ctx, { contact, purpose, userId }: Wanted): Promise<Challenge> {
  const { vault } = ctx.ports
  const { kind: channel, value } = contact
  const id = randomUUID() as ChallengeId
  const addressIndex = vault.blindIndex(channel, value)
  const indexes = vault.blindIndexes(channel, value)
  const [, today] = await Promise.all([holdContact(ctx, contact), sentToday(ctx, indexes)])
  if (channel === 'phone') refuseGuessed(today)
  await Challenge.query(ctx.db)
    .whereIn('addressIndex', [...indexes])
    .where({ purpose, userId: userId ?? null })
    .where('expiresAt', '>', ctx.now)
    .patch({ expiresAt: ctx.now })
  const sent = await Challenge.query(ctx.db)
    .insert({
      id,
      channel,
      purpose,
      userId: userId ?? null,
      addressIndex,
      addressSealed: vault.seal(placeOf(id), value),
      expiresAt: new Date(ctx.now.getTime() + LIFE_MINUTES[channel] * MINUTE),
    })
    .returning('*')
  ctx.enqueue(channel === 'phone' ? SendCode : SendLink, { challengeId: id })
  return sent
}

/** What was sent to an address in a day, under whichever key. */
const sentToday = (ctx: Ctx, indexes: readonly string[]) =>
  Challenge.query(ctx.db)
    .whereIn('addressIndex', [...indexes])
    .where('createdAt', '>', new Date(ctx.now.getTime() - DAY))

/** Refuses a phone that was guessed at too often today; the phone is held. */
function refuseGuessed(today: readonly Challenge[]): void {
  const failures = today.reduce((sum, { attempts, usedAt }) => sum + attempts - (usedAt ? 1 : 0), 0)
  if (failures >= PHONE_FAILURES) throw TooManyTries()
}

interface Answer {
  readonly challengeId: ChallengeId
  readonly code: string
}

/** The challenge that this code answers, used up, with its contact held. A wrong one is counted. */
export async function answered(ctx: Ctx, { challengeId, code }: Answer, purpose: Purpose): Promise<Challenge> {
  const { vault } = ctx.ports
  const known = await Challenge.query(ctx.db).findById(challengeId).where({ purpose, channel: 'phone' })
  if (!known) throw CodeOver()
  const contact = contactOf(vault, known)
  const indexes = vault.blindIndexes(contact.kind, contact.value)
  const [, today] = await Promise.all([holdContact(ctx, contact), sentToday(ctx, indexes)])
  refuseGuessed(today)
  const challenge = today.find(({ id }) => id === challengeId)
  if (!challenge || challenge.usedAt || challenge.expiresAt <= ctx.now || challenge.attempts >= CODE_ATTEMPTS)
    throw CodeOver()
  const isRight = same(code, codeOf(vault, challengeId))
  await challenge.$query(ctx.db).patch({ attempts: challenge.attempts + 1, ...(isRight && { usedAt: ctx.now }) })
  if (!isRight) throw WrongCode()
  return challenge
}

/** What was answered may be answered again: something else was lacking. The answer stays counted. */
export async function reopen(ctx: Ctx, { id }: Challenge): Promise<void> {
  await Challenge.query(ctx.db).findById(id).patch({ usedAt: null })
}

/** The challenge of a link, with its contact held; it is good until `use`. */
export async function linkToUse(ctx: Ctx, token: string, purpose: Purpose): Promise<Challenge> {
  const { vault } = ctx.ports
  const id = challengeIn(token)
  if (!same(token, linkTokenOf(vault, id))) throw LinkOver()
  const known = await Challenge.query(ctx.db).findById(id).where({ purpose, channel: 'email' })
  if (!known) throw LinkOver()
  await holdContact(ctx, contactOf(vault, known))
  const challenge = await Challenge.query(ctx.db)
    .findById(id)
    .whereNull('usedAt')
    .where('expiresAt', '>', ctx.now)
    .forUpdate()
  if (!challenge) throw LinkOver()
  return challenge
}

/** A link that was opened is over. */
export async function use(ctx: Ctx, { id }: Challenge): Promise<void> {
  await Challenge.query(ctx.db).findById(id).patch({ usedAt: ctx.now })
}

/** Voids whatever was sent to a person for these purposes and is not answered yet. */
export async function voidChallenges(ctx: Ctx, userId: UserId, ...purposes: readonly Purpose[]): Promise<void> {
  await Challenge.query(ctx.db)
    .where({ userId })
    .whereIn('purpose', purposes)
    .where('expiresAt', '>', ctx.now)
    .patch({ expiresAt: ctx.now })
}
