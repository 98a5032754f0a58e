import { per, perDay, perHour } from '../../kernel/limit.ts'

/** For who is not known yet: per person where there is one, and always per address, which thousands may share. */
const strangers = <const R>(rates: R) => ({ caller: rates, address: rates, blind: 'refuse' }) as const

/** Has something sent to a phone or mailbox. */
export const asking = strangers([perHour(10), perDay(30)])
/** For one phone or mailbox, whoever asks; also the time until it is sent again. */
export const sendings = [per(1, 60), perHour(5), perDay(10)]
/** Answers with a code or a token. */
export const answering = strangers(perHour(30))
/** Answers with a password. */
export const guessing = strangers(per(30, 600))
export const refreshing = strangers(perHour(300))
export const resetting = strangers(perHour(5))
