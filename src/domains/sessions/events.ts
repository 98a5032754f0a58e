import { event } from '../../kernel/event.ts'
import type { UserId } from '../../kernel/scope.ts'
import { id, shape } from '../../kernel/shape.ts'

export const PasswordLocked = event('password:locked', {
  about: 'A password was guessed at too often, and is right no more until it is set anew.',
  payload: shape({ userId: id<UserId>() }),
})
