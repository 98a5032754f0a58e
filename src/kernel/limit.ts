import type { UserId } from './scope.ts'

/** How often something may be done: `points` within `seconds`. */
export interface Rate {
  readonly points: number
  readonly seconds: number
}

const DAY = 86_400

export const per = (points: number, seconds: number): Rate => ({ points, seconds })
export const perMinute = (points: number): Rate => per(points, 60)
export const perHour = (points: number): Rate => per(points, 3600)
export const perDay = (points: number): Rate => per(points, DAY)

/** One rate, or several that hold together, the shortest first: so many an hour, and so many a day. */
export type Rates = Rate | readonly Rate[]

/** How often something may be done with one thing the input names. */
export interface TargetLimit<I> {
  /** What it is, in a word: `phone`, `post`. */
  readonly each: string
  /** Counted together by all commands that say so of the same thing. */
  readonly across?: true
  readonly rates: Rates
  of(input: I): string
}
type TargetLimits<I> = TargetLimit<I> | readonly TargetLimit<I>[]

/** The limits of one command. Each that is given must have room, or the command is refused with `too_fast`. */
export interface Limits<I> {
  /** For one person; where nobody is signed in, for one address, unless `address` says otherwise. */
  readonly caller: Rates
  /** The share of these that an account has on its first day. */
  readonly newcomers?: number
  /** For one network address, signed in or not. Thousands may share one, so it is for what strangers or scrapers do. */
  readonly address?: Rates
  /** For one thing, whoever asks. */
  readonly target?: TargetLimits<I>
  /** For one caller and one thing. */
  readonly callerOn?: TargetLimits<I>
  /** What to do while the counters cannot be reached: a share of the limit in each process, or refuse. */
  readonly blind?: 'share' | 'refuse'
}

/** One point of each of these rates, counted under one key. */
export interface Claim {
  readonly key: string
  readonly rates: Rates
}

/** Whoever sends a command. */
interface Spender {
  readonly actor: { readonly id: UserId } | null
  readonly address: string
}
interface Limited<I> {
  readonly name: string
  readonly limits: Limits<I>
}

/** What a command takes whatever its input is. */
export function claimsOf<I>({ name, limits }: Limited<I>, { actor, address }: Spender, now: Date): Claim[] {
  const { caller, newcomers = 1, address: shared } = limits
  const rates = newcomers < 1 && actor && isNewcomer(actor.id, now) ? shareOf(caller, newcomers) : caller
  const claim = { key: `${name}:caller:${actor?.id ?? address}`, rates }
  if (!shared) return [claim]
  const ofAddress = { key: `${name}:address:${address}`, rates: shared }
  return actor ? [claim, ofAddress] : [ofAddress]
}

/** What it takes for the things its input names. */
export function claimsOn<I>({ name, limits }: Limited<I>, { actor, address }: Spender, input: I): Claim[] {
  const claims = (limits: TargetLimits<I> = [], by = '') =>
    [limits]
      .flat()
      .map(({ each, across, rates, of }) => ({ key: `${across ? 'all' : name}:${each}${by}:${of(input)}`, rates }))
  return [...claims(limits.target), ...claims(limits.callerOn, ` by ${actor?.id ?? address}`)]
}

/** The database gives people ids of UUID version 7, which begin with their time: so an account's age takes no query. */
function isNewcomer(id: UserId, now: Date): boolean {
  const madeAt = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
  return id[14] === '7' && now.getTime() - madeAt < DAY * 1000
}

const shareOf = (rates: Rates, share: number): Rate[] =>
  [rates].flat().map(({ points, seconds }) => per(Math.max(1, Math.round(points * share)), seconds))
