import { command, type Before } from '../../../kernel/command.ts'
import type { Failure } from '../../../kernel/failure.ts'
import { perHour } from '../../../kernel/limit.ts'
import type { Ctx } from '../../../kernel/scope.ts'
import { id, optional, shape, text, token } from '../../../kernel/shape.ts'
import { accountOf, accountWith, passwordOf } from '../../accounts/keeping.ts'
import { Authentication, type User } from '../../accounts/model.ts'
import { CODE, contactOf, LINK_TOKEN } from '../answers.ts'
import { answered, linkToUse, reopen, use } from '../challenges.ts'
import { SecondProof, WrongPassword } from '../failures.ts'
import { tryPassword } from '../guesses.ts'
import { answering } from '../limits.ts'
import { Challenge, Session, type ChallengeId } from '../model.ts'
import { openSession } from '../opening.ts'
import { onDevice, TokensWire } from '../wire.ts'

const IDLE_MS = 90 * 24 * 3_600_000

export const startSession = command('session:start', {
  about:
    'Signs in with a code, and makes the account on the first time. An account with a password wants it, too, and one that was not used for 90 days a link of its mailbox, or else its provider.',
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
  async run(ctx, { challengeId, code, device, password, linkToken }, { matched }) {
    const link = linkToken === undefined ? null : await linkToUse(ctx, linkToken, 'sign_in') // contacts are held before accounts
    const challenge = await answered(ctx, { challengeId, code }, 'sign_in')
    const user = await accountOf(ctx, contactOf(ctx.ports.vault, challenge)) // held: a password that is being set is wanted, too
    await ctx.actFor(user.id)
    const lacking = await lackingOf(ctx, user, { password, matched, link })
    if (lacking) {
      await reopen(ctx, challenge)
      throw lacking
    }
    return openSession(ctx, { userId: user.id, device })
  },
})

interface Second {
  readonly password: string | undefined
  /** The hash that the password matches. */
  readonly matched: string | null
  readonly link: Challenge | null
}

/** What is lacking beside the code; null when it is enough. */
async function lackingOf(ctx: Ctx, user: User, { password, matched, link }: Second): Promise<Failure | null> {
  const ways = await Authentication.query(ctx.db).where({ userId: user.id }).forUpdate()
  const factor = ways.find(({ method }) => method === 'password')
  if (factor && password === undefined) return SecondProof()
  if (factor) return (await tryPassword(ctx, factor, matched)) ? null : WrongPassword()
  const isLost = (user.emailIndex !== null || ways.length > 0) && (await isIdle(ctx, user)) // the number may be another’s by now
  if (!isLost) return null
  const owner = link && (await accountWith(ctx, contactOf(ctx.ports.vault, link)))
  if (!link || owner?.id !== user.id) return SecondProof()
  await use(ctx, link)
  return null
}

/** Whether nobody has used an account for a long time; a session that was ended may have been somebody else’s. */
async function isIdle(ctx: Ctx, { id, lastLoginAt }: User): Promise<boolean> {
  const since = new Date(ctx.now.getTime() - IDLE_MS)
  if (lastLoginAt === null || lastLoginAt >= since) return false
  return !(await Session.query(ctx.db)
    .where({ userId: id })
    .whereNull('revokedAt')
    .where('lastUsedAt', '>=', since)
    .first())
}

/** The hash that a password matches, of the account a code was sent to; null when it matches none. */
async function hashMatching({ scope, ports }: Before, challengeId: ChallengeId, password: string) {
  const hash = await scope(async ctx => {
    const challenge = await Challenge.query(ctx.db).findById(challengeId)
    const user = challenge && (await accountWith(ctx, contactOf(ports.vault, challenge)))
    if (!user) return null
    await ctx.actFor(user.id)
    return (await passwordOf(ctx, user.id))?.passwordHash ?? null
  })
  return (await ports.passwords.verify(password, hash)).right ? hash : null
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
