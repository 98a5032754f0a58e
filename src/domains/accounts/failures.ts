import { failure } from '../../kernel/failure.ts'

export const NoPerson = failure('not_found', 'person', 'There is no such person')
