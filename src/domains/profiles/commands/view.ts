import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import type { UserId } from '../../../kernel/scope.ts'
import { id, shape } from '../../../kernel/shape.ts'
import { personToSee } from '../policy.ts'
import { countView } from '../views.ts'

export const viewProfile = command('profile:view', {
  about: 'Says that one opened a profile. It counts once a day, and nobody is told who it was.',
  auth: 'user',
  access: 'write',
  limits: { caller: perMinute(120) },
  input: shape({ userId: id<UserId>() }),
  ack: shape({}),
  async run(ctx, { userId }) {
    const { sight } = await personToSee(ctx, userId)
    if (sight !== 'own') await countView(ctx, userId)
    return {}
  },
})
