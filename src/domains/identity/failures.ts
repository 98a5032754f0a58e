import { failure, Invalid } from '../../kernel/failure.ts'

export const NoProvider = failure('not_found', 'provider', 'No such provider is linked')
export const NoChange = failure('not_found', 'change', 'There is no such change on its way')
export const NoMailbox = failure('conflict', 'no_mailbox', 'Add an e-mail address first')

/** The refusal of a password that is among the first to be guessed. */
export const CommonPassword = () =>
  Invalid({ fields: { password: 'password must not be one of those that are guessed first' } })
