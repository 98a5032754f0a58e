import { job } from '../../kernel/job.ts'
import type { Ctx, UserId } from '../../kernel/scope.ts'
import { shape } from '../../kernel/shape.ts'
import type { ContactChange } from '../accounts/model.ts'
import { apply } from './changes.ts'

const AT_ONCE = 50
const NOBODY = '00000000-0000-0000-0000-000000000000' as UserId

type Due = Pick<ContactChange, 'userId' | 'kind'>

/** The first changes that are due behind this one; whose they are is told to whoever acts for nobody. */
async function dueBehind({ db, now }: Ctx, behind: Due): Promise<Due[]> {
  const { rows } = await db.raw<{ rows: { user_id: UserId; kind: Due['kind'] }[] }>(
    'select user_id, kind from due_contact_changes(?, ?, ?, ?)',
    [now, behind.userId, behind.kind, AT_ONCE],
  )
  return rows.map(({ user_id: userId, kind }) => ({ userId, kind }))
}

export const ApplyChanges = job('account:apply_changes', {
  about: 'Makes the changes of phones and e-mail addresses that are due. A change is made once and then gone.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 60,
  async run({ scope, scopeFor }) {
    const failures: unknown[] = []
    for (let behind: Due | undefined = { userId: NOBODY, kind: 'email' }; behind;) {
      const from: Due = behind
      const due = await scope(ctx => dueBehind(ctx, from))
      // One that fails holds none of the others up; it is tried again in a minute.
      const made = await Promise.allSettled(due.map(change => scopeFor(change.userId, ctx => apply(ctx, change))))
      failures.push(...made.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])))
      behind = due.length === AT_ONCE ? due.at(-1) : undefined
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} changes could not be made`)
  },
})
