/** Within what time clients come back that lost their connection, and those that the server sent away all at once. */
export const LOST_MS = 1000
export const SENT_AWAY_MS = 5000
const MAX_MS = 60_000
/** How often the server is taken at its word about when to come back while that leads nowhere. */
const TRUSTED = 3

export interface BackOff {
  /**
   * How long to wait before the next connect: at random between nothing and twice as long each time, so that a herd of
   * clients spreads out and one that gets nowhere slows down. `told` is the server's word for when to come back, which
   * stands in its place at first; `atLeast` is added to it.
   */
  wait(given: { readonly within: number; readonly told?: number; readonly atLeast?: number }): number
  /** Something was got from the last connection. */
  progress(): void
}

export function createBackOff(random: () => number = Math.random): BackOff {
  let fruitless = 0
  return {
    wait({ within, told, atLeast = 0 }) {
      const jitter = random() * Math.min(MAX_MS, within * 2 ** fruitless)
      fruitless += 1
      return told !== undefined && fruitless <= TRUSTED ? told : (told ?? atLeast) + jitter
    },
    progress() {
      fruitless = 0
    },
  }
}
