import { failure } from '../../kernel/failure.ts'

export const UsernameTaken = failure('conflict', 'username_taken', 'Somebody else has this username')
export const NotAPicture = failure('bad_request', 'not_a_picture', 'An avatar or cover is a picture')
export const Stale = failure('conflict', 'stale', 'This was changed meanwhile; read it afresh')
export const UsernameChanges = failure(
  'rate_limited',
  'username_changes',
  'A username changes twice in 30 days at most',
)
