const SECOND = 1000
const MINUTE = 60 * SECOND
/** Seconds of a minute in which somebody sent too much; after so many it is a flood. */
const STRIKES_MAX = 3

/** What each of many may send: so much a second, and so much at once after a quiet time. */
export interface Allowances {
  /** Takes one of somebody’s; tells whether there was one. */
  take(name: string): boolean
  /** Notes that somebody had none left; tells whether they go on in spite of that. */
  strike(name: string): boolean
}

interface Account {
  points: number
  countedAt: number
  struckUntil: number
  readonly strikes: () => boolean
}

/** Counts in this process alone: what is asked for every packet must not be a question to another machine. */
export function createAllowances(perSecond: number, burst: number): Allowances {
  const accounts = new Map<string, Account>()
  let sweptAt = performance.now()

  function accountOf(name: string, now: number): Account {
    if (now - sweptAt > MINUTE) forgetQuiet(now)
    let account = accounts.get(name)
    if (!account) {
      account = { points: burst, countedAt: now, struckUntil: -Infinity, strikes: countWithin(MINUTE, STRIKES_MAX) }
      accounts.set(name, account)
    }
    return account
  }

  /** After a quiet minute an account is as good as new. */
  function forgetQuiet(now: number) {
    sweptAt = now
    for (const [name, { countedAt }] of accounts) if (now - countedAt > MINUTE) accounts.delete(name)
  }

  return {
    take(name) {
      const now = performance.now()
      const account = accountOf(name, now)
      account.points = Math.min(burst, account.points + ((now - account.countedAt) / SECOND) * perSecond)
      account.countedAt = now
      if (account.points < 1) return false
      account.points -= 1
      return true
    },
    strike(name) {
      const now = performance.now()
      const account = accountOf(name, now)
      if (now < account.struckUntil) return false
      account.struckUntil = now + SECOND
      return account.strikes()
    },
  }
}

/** Counts calls; tells whether there have been `max` within a time. */
export function countWithin(ms: number, max: number): () => boolean {
  let count = 0
  let until = -Infinity
  return () => {
    const now = performance.now()
    if (now > until) [count, until] = [0, now + ms]
    return (count += 1) >= max
  }
}
