import { timingSafeEqual } from 'node:crypto'

export const CODE_DIGITS = 6
export const CODE_MINUTES = 5
export const CODE_ATTEMPTS = 5
/** Wrong guesses at one phone in a day, over all its codes: a new code does not start the count again. */
export const PHONE_FAILURES = 10

/** Compares in constant time. */
export const sameCode = (given: string, expected: string) =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
