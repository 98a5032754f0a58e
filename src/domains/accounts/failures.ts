import { failure } from '../../kernel/failure.ts'

export const NoPerson = failure('not_found', 'person', 'There is no such person')
/** Told only to whoever has proven that the contact is theirs. */
export const ContactTaken = failure('conflict', 'contact_taken', 'Another account has this already', { keeps: true })
export const ProviderTaken = failure('conflict', 'provider_taken', 'Another account is linked to this')
