/**
 * The refresh token of a web page is kept by its browser, in a cookie that no script can read. A browser sends it along
 * whoever asks, so a command that has to do with it is refused unless one of our own pages does.
 */
import type { Context } from 'koa'
import type { Command } from '../../kernel/command.ts'
import type { Ack } from '../../kernel/dispatch.ts'
import { Unauthenticated } from '../../kernel/failure.ts'
import { CrossSite } from './failures.ts'

const NAME = '__Host-rt'
/** A session that is not used for so long is over. */
const MAX_AGE_SECONDS = 30 * 86_400

/** Whether a web page asks for a command that has to do with the cookie; throws when it is not one of ours. */
export function isOwnPage(ctx: Context, { cookie }: Command, origins: readonly string[]): boolean {
  if (!cookie || ctx.get('X-Client') !== 'web') return false
  const site = ctx.get('Sec-Fetch-Site')
  const isOurs = origins.includes(ctx.get('Origin')) && ctx.get('X-Requested-With') !== ''
  if (!isOurs || !(site === '' || site === 'same-origin')) throw CrossSite()
  return true
}

/** The input of a command, with the refresh token where it takes it from the cookie. */
export function withCookie(ctx: Context, { cookie }: Command, input: object): object {
  if (cookie !== 'takes') return input
  const refreshToken = ctx.cookies.get(NAME)
  if (!refreshToken) throw Unauthenticated()
  return { ...input, refreshToken }
}

/** Moves a refresh token from the answer into the cookie, and forgets it when this session is over. */
export async function keepCookie(
  ctx: Context,
  { cookie }: Command,
  ack: Ack,
  isSignedIn: () => Promise<boolean>,
): Promise<Ack> {
  const isOver = cookie === 'ends' ? ack.ok && !(await isSignedIn()) : cookie === 'takes' && !ack.ok && !ack.error.retry
  if (isOver) set(ctx, '', 0)
  if (!ack.ok || cookie === 'ends') return ack
  const { refreshToken, ...data } = ack.data as { readonly refreshToken?: string }
  if (refreshToken !== undefined) set(ctx, refreshToken, MAX_AGE_SECONDS)
  return { ...ack, data }
}

const set = (ctx: Context, value: string, maxAge: number) =>
  ctx.append('Set-Cookie', `${NAME}=${value}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=Strict`)
