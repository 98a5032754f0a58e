import { command } from '../../kernel/command.ts'
import { perMinute } from '../../kernel/limit.ts'
import { page, pageInput, pageOf } from '../../kernel/page.ts'
import { shape } from '../../kernel/shape.ts'
import { ownActivities } from './policy.ts'
import { ActivityWire, toWire } from './wire.ts'

export const listActivities = command('activity:list', {
  about: 'What was done with one’s own account, such as sign-ins, newest first.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(60) },
  input: shape(pageInput),
  ack: page(ActivityWire),
  async run(ctx, { limit = 20, cursor }) {
    const found = await ownActivities(ctx)
      .modify(query => {
        if (cursor) void query.where('id', '<', cursor)
      })
      .orderBy('id', 'desc')
      .limit(limit + 1)
    return pageOf(found, limit, toWire, ({ id }) => id)
  },
})
