/**
 * Whoever owns a block of numbers, or is paid for what is sent to a country, has codes sent to as many as they can.
 * Texts are counted where they are sent, so it does not matter who asked for them, how often, or from where.
 */
import { perDay, perHour, type Claim } from '../../kernel/limit.ts'
import type { Sms } from '../../kernel/ports.ts'

export interface Budget {
  /** Texts in a day, all together. */
  readonly dailyMax: number
  /** Takes a point of each; answers how many milliseconds to wait when there is none. Throws when they cannot be counted. */
  readonly spend: (claims: readonly Claim[]) => Promise<number>
  readonly giveBack: (claims: readonly Claim[]) => Promise<void>
  readonly onWithheld: () => void
}

/** The first digits of a number: some thousands of numbers that are mostly one owner's. */
const BLOCK_CHARS = '+123456'.length
const COUNTRY = /^\+(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/

/** The country code of a number, by ITU-T E.164: some have one or two digits, all others three. */
export const countryCodeOf = (phone: string): string => COUNTRY.exec(phone)?.[0] ?? ''

/** Sends texts as long as the budget lasts, and withholds the others. What was not taken costs nothing: it is tried again. */
export const withinBudget = (sms: Sms, { dailyMax, spend, giveBack, onWithheld }: Budget): Sms => ({
  ...sms,
  async send(phone, text) {
    const claims = [
      { key: `text:block:${phone.slice(0, BLOCK_CHARS)}`, rates: perHour(30) },
      { key: `text:country:${countryCodeOf(phone)}`, rates: perDay(Math.ceil(dailyMax / 2)) },
      { key: 'text:all', rates: perDay(dailyMax) },
    ]
    if ((await spend(claims)) > 0) return onWithheld()
    try {
      await sms.send(phone, text)
    } catch (error) {
      await giveBack(claims)
      throw error
    }
  },
})
