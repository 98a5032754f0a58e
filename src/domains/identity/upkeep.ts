import { job } from '../../kernel/job.ts'
import { shape } from '../../kernel/shape.ts'
import { apply } from './changes.ts'
import { ContactChange } from './model.ts'

const AT_ONCE = 50

export const ApplyChanges = job('account:apply_changes', {
  about: 'Makes the changes of phones and e-mail addresses that are due. A change is made once and then gone.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 60,
  async run({ scope, scopeFor }) {
    const due = await scope(ctx =>
      ContactChange.query(ctx.db).where('dueAt', '<=', ctx.now).orderBy('dueAt').limit(AT_ONCE),
    )
    // One that fails holds none of the others up; it is tried again in a minute.
    const made = await Promise.allSettled(due.map(change => scopeFor(change.userId, ctx => apply(ctx, change))))
    const failed = made.find(outcome => outcome.status === 'rejected')
    if (failed) throw failed.reason
  },
})
