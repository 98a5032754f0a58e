import { command } from '../src/kernel/command.ts'
import { perMinute } from '../src/kernel/limit.ts'
import type { Ctx } from '../src/kernel/scope.ts'
import { id, integer, optional, shape, text } from '../src/kernel/shape.ts'
import { PostCreated, PostDeleted } from '../src/domains/posts/events.ts'
import type { PostId } from '../src/domains/posts/model.ts'
import { SendCode } from '../src/domains/sessions/jobs.ts'
import { job } from '../src/kernel/job.ts'
import { event, on } from '../src/kernel/event.ts'

const base = { about: 'x', auth: 'user', access: 'write', limits: { caller: perMinute(1) } } as const
const ack = shape({ postId: id<PostId>(), note: optional(text({ max: 5 })) , n: integer({min:0,max:1})})
declare const postId: PostId

export const missing = command('a:b', {
  ...base,
  input: shape({ postId: id<PostId>() }),
  ack,
  async run(ctx, { postId }) {
    return { postId }
  },
})
export const extra = command('a:b', {
  ...base,
  input: shape({ postId: id<PostId>() }),
  ack,
  async run(ctx, { postId }) {
    return { postId, n: 1, leaked: 5 }
  },
})
export const wrong = command('a:b', {
  ...base,
  input: shape({ postId: id<PostId>() }),
  ack,
  async run(ctx, { postId }) {
    return { postId, n: 'x' }
  },
})
export const f = (ctx: Ctx) => {
  ctx.emit(PostDeleted, { id: postId })
  ctx.emit(PostDeleted, { id: postId, foo: 1 })
  ctx.emit(PostCreated, {})
  ctx.enqueue(SendCode, {})
  ctx.enqueue(SendCode, { challengeId: 'x' })
  ctx.enqueue(SendCode, { challengeId: 5 })
}
export const r = on(PostDeleted, ({ id }, enqueue) => { enqueue(SendCode, {}); enqueue(SendCode, {challengeId: id}) })
