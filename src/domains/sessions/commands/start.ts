import { command, type Before } from '../../../kernel/command.ts'
import type { Failure } from '../../../kernel/failure.ts'
import { perHour } from '../../../kernel/limit.ts'
import type { Ctx } from '../../../kernel/scope.ts'
import { id, optional, shape, text, token } from '../../../kernel/shape.ts'
import { accountOf, accountWith } from '../../accounts/keeping.ts'
import { Authentication, type User } from '../../accounts/model.ts'
import { CODE, contactOf, LINK_TOKEN } from '../answers.ts'
import { answered, linkToUse, reopen, use } from '../challenges.ts'
import { SecondProof, WrongPassword } from '../failures.ts'
import { FAILURES_MAX } from '../guesses.ts'
import { answering } from '../limits.ts'
import { Challenge, type ChallengeId } from '../model.ts'
import { openSession } from '../opening.ts'
import { onDevice, TokensWire } from '../wire.ts'

const IDLE_MS = 90 * 24 * 3_600_000

export const startSession = command('session:start', {
  about:
    'Signs in with a code, and makes the account on the first time. An account with a password wants it, too, and one that was not used for 90 days a link of its mailbox.',
  auth: 'anyone',
  access: 'write',
  limits: { ...answering, target: { each: 'code', rates: perHour(10), of: ({ challengeId }) => challengeId } },
  http: '/v1/auth/verify',
  cookie: 'gives',
  input: shape({
    challengeId: id<ChallengeId>(),
    code: token(CODE, '6 digits'),
    password: optional(text({ max: 128 })),
    linkToken: optional(token(LINK_TOKEN, 'the token of a link')),
    ...onDevice,
  }),
  ack: TokensWire,
  prepare: async (before, { challengeId, password }) => ({
    matched: password === undefined ? null : await hashMatching(before, challengeId, password),
  }),
  async run(ctx, { challengeId, code, device, ...second }, { matched }) {
    const challenge = await answered(ctx, { challengeId, code }, 'sign_in')
    const user = await accountOf(ctx, contactOf(ctx.ports.vault, challenge)) // held: a password that is being set is wanted, too
    await ctx.actFor(user.id)
    const lacking = await lackingOf(ctx, user, { ...second, matched })
    if (lacking) {
      await reopen(ctx, challenge)
      throw lacking
    }
    return openSession(ctx, { userId: user.id, device })
  },
})

interface Second {
  readonly password?: string
  readonly linkToken?: string
  /** The hash that the password matches. */
  readonly matched: string | null
}

/** What is lacking beside the code; null when it is enough. */
async function lackingOf(ctx: Ctx, user: User, { password, linkToken, matched }: Second): Promise<Failure | null> {
  const factor = await passwordOf(ctx, user)
  if (factor) return password === undefined ? SecondProof() : checkPassword(ctx, factor, matched)
  if (!isIdle(user, ctx.now) || user.emailIndex === null) return null
  return linkToken === undefined ? SecondProof() : checkLink(ctx, user, linkToken)
}

const isIdle = ({ lastLoginAt }: User, now: Date) =>
  lastLoginAt !== null && lastLoginAt.getTime() < now.getTime() - IDLE_MS

const passwordOf = (ctx: Ctx, { id }: User) =>
  Authentication.query(ctx.db).where({ userId: id, method: 'password' }).first().forUpdate()

/** The hash that a password matches, of the account a code was sent to; null when it matches none. */
async function hashMatching({ scope, ports }: Before, challengeId: ChallengeId, password: string) {
  const hash = await scope(async ctx => {
    const challenge = await Challenge.query(ctx.db).findById(challengeId)
    const user = challenge && (await accountWith(ctx, contactOf(ports.vault, challenge)))
    if (!user) return null
    await ctx.actFor(user.id)
    return (await passwordOf(ctx, user))?.passwordHash ?? null
  })
  return (await ports.passwords.verify(password, hash)).right ? hash : null
}

/** A wrong one is a guess like any other, of which a code allows as few as of itself. */
async function checkPassword(ctx: Ctx, factor: Authentication, matched: string | null): Promise<Failure | null> {
  const isRight = factor.passwordHash === matched && factor.failures < FAILURES_MAX
  const failures = isRight ? 0 : Math.min(factor.failures + 1, FAILURES_MAX)
  await Authentication.query(ctx.db).findById(factor.id).patch({ failures })
  return isRight ? null : WrongPassword()
}

async function checkLink(ctx: Ctx, user: User, linkToken: string): Promise<Failure | null> {
  const link = await linkToUse(ctx, linkToken, 'sign_in')
  const owner = await accountWith(ctx, contactOf(ctx.ports.vault, link))
  if (owner?.id !== user.id) return SecondProof()
  await use(ctx, link)
  return null
}

export const startByLink = command('session:start_by_link', {
  about: 'Signs in with the token of a link, and makes the account on the first time.',
  auth: 'anyone',
  access: 'write',
  limits: answering,
  http: '/v1/auth/link/open',
  cookie: 'gives',
  input: shape({ token: token(LINK_TOKEN, 'the token of a link'), ...onDevice }),
  ack: TokensWire,
  async run(ctx, { token, device }) {
    const link = await linkToUse(ctx, token, 'sign_in')
    await use(ctx, link)
    const { id: userId } = await accountOf(ctx, contactOf(ctx.ports.vault, link))
    return openSession(ctx, { userId, device })
  },
})
