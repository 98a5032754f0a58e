/** How often something may be done: `points` within `seconds`. */
export interface Rate {
  readonly points: number
  readonly seconds: number
}

export const perMinute = (points: number): Rate => ({ points, seconds: 60 })
export const perHour = (points: number): Rate => ({ points, seconds: 3600 })

/** The limits of one command. Each that is given must have room, or the command is refused with `too_fast`. */
export interface Limits<I> {
  /** For one person, or for one address while nobody is signed in. */
  readonly caller: Rate
  /** For one network address, signed in or not. */
  readonly address?: Rate
  /** For one thing the input names, such as a phone number. */
  readonly target?: Rate & { of(input: I): string }
  /** What to do while the counters cannot be reached: a share of the limit in each process, or refuse. */
  readonly blind?: 'share' | 'refuse'
}
