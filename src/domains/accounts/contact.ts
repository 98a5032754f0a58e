import { domainToASCII } from 'node:url'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { Invalid } from '../../kernel/failure.ts'
import { isEmail } from '../../kernel/shape.ts'

/** How a person can be reached, and proves that it is they. */
export type ContactKind = 'phone' | 'email'

/** A phone number or an e-mail address in its one spelling. */
export interface Contact {
  readonly kind: ContactKind
  readonly value: string
}

/** Kinds of numbers that take no text messages, or bill whoever sends one. */
const NO_TEXTS = new Set(['PREMIUM_RATE', 'SHARED_COST', 'TOLL_FREE', 'UAN', 'PAGER', 'VOICEMAIL'])

function parsed(phone: string, field = 'phone') {
  const number = parsePhoneNumberFromString(phone)
  if (!number?.isValid())
    throw Invalid({ fields: { [field]: `${field} must be a valid number with its country code` } })
  return number
}

/** The E.164 form of a number written with its country code; refuses what is no valid number. */
export const e164 = (phone: string): string => parsed(phone).number

/** The same for a number that is to be sent texts; `serves` tells the countries that are. */
export function phoneToText(phone: string, serves: (country: string) => boolean): string {
  const number = parsed(phone)
  if (NO_TEXTS.has(number.getType() ?? ''))
    throw Invalid({ fields: { phone: 'phone must be a number that takes texts' } })
  if (!serves(number.country ?? ''))
    throw Invalid({ fields: { phone: 'phone must be of a country that texts are sent to' } })
  return number.number
}

// Of a domain only what can stand in one: a URL reads on where it ends.
const ADDRESS = /^([a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([^\s/?#%:@\\]{1,253})$/

/** An e-mail address in lower case, its domain as DNS has it; null for what is none. */
export function emailIn(address: string): string | null {
  const [, local = '', domain = ''] = ADDRESS.exec(address.trim().toLowerCase()) ?? []
  const email = `${local}@${domainToASCII(domain.normalize('NFC'))}`
  return isEmail(email) ? email : null
}

/** The same; refuses what is none. */
export function emailOf(address: string, field = 'email'): string {
  const email = emailIn(address)
  if (email === null) throw Invalid({ fields: { [field]: `${field} must be an e-mail address` } })
  return email
}

/** What a person types to say who they are: an e-mail address if there is an @ in it, else a phone number. */
export const contactOf = (login: string): Contact =>
  login.includes('@')
    ? { kind: 'email', value: emailOf(login, 'login') }
    : { kind: 'phone', value: parsed(login, 'login').number }
