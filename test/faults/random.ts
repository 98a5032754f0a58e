/** Chance that can be had again: the same seed and name give the same sequence. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  between(from: number, to: number): number
  whole(from: number, to: number): number
  pick<T>(from: readonly T[]): T
  /** A sequence of its own, so that what runs side by side does not depend on who asks first. */
  of(name: string): Random
}

export function randomOf(seed: number, name = ''): Random {
  let state = seed >>> 0
  for (const char of name) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x5bd1e995) >>> 0
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number) => from + next() * (to - from)
  const whole = (from: number, to: number) => Math.floor(between(from, to + 1))
  return {
    next,
    between,
    whole,
    pick<T>(from: readonly T[]) {
      if (from.length === 0) throw new Error('There is nothing to pick from')
      return from[whole(0, from.length - 1)] as T
    },
    of: inner => randomOf(seed, `${name}/${inner}`),
  }
}
