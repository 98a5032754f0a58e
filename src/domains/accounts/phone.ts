import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { Invalid } from '../../kernel/failure.ts'

/** The E.164 form of a number written with its country code; refuses what is no valid number. */
export function e164(phone: string): string {
  const parsed = parsePhoneNumberFromString(phone)
  if (!parsed?.isValid()) throw Invalid({ fields: { phone: 'phone must be a valid number with its country code' } })
  return parsed.number
}
