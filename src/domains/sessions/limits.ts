import { per, perDay, perHour } from '../../kernel/limit.ts'
import { e164, emailOf } from '../accounts/contact.ts'

/** For who is not known yet: per person where there is one, and always per address, which thousands may share. */
const strangers = <const R>(rates: R) => ({ caller: rates, address: rates, blind: 'refuse' }) as const

/** Has something sent to a phone or mailbox. */
export const asking = { ...strangers([perHour(10), perDay(30)]), caller: perHour(5) }
/** For one phone or mailbox, whoever asks and for whatever; also the time until it is sent again. */
const sendings = { across: true, rates: [per(1, 60), perHour(5), perDay(10)] } as const
export const toPhone = { each: 'phone', ...sendings, of: ({ phone }: { phone: string }) => e164(phone) } as const
export const toMailbox = { each: 'mailbox', ...sendings, of: ({ email }: { email: string }) => emailOf(email) } as const
/** Answers with a code or a token. */
export const answering = strangers(perHour(30))
/** Answers with a password. */
export const guessing = strangers(per(30, 600))
export const refreshing = strangers(perHour(300))
export const resetting = strangers(perHour(5))
