/** What must not compile, and what must not be `any`. Nothing here runs: `npm run typecheck` holds it. */
import type { Client, CommandName, Commands, EventName, Events } from '../client/index.ts'
import { command } from '../src/kernel/command.ts'
import { event, on } from '../src/kernel/event.ts'
import { job } from '../src/kernel/job.ts'
import { perMinute } from '../src/kernel/limit.ts'
import { deviceRoom, type Room } from '../src/kernel/room.ts'
import type { Ctx, UserId } from '../src/kernel/scope.ts'
import * as fields from '../src/kernel/shape.ts'
import { page } from '../src/kernel/page.ts'
import { id, integer, optional, shape, text, type Infer } from '../src/kernel/shape.ts'
import { PostDeleted } from '../src/domains/posts/events.ts'
import type { PostId } from '../src/domains/posts/model.ts'
import { SendCode } from '../src/domains/sessions/jobs.ts'

declare const client: Client
declare const ctx: Ctx
declare const userId: UserId
declare const postId: PostId

// ---- commands

const base = { about: 'Tries.', auth: 'user', access: 'write', limits: { caller: perMinute(1) } } as const
const input = shape({ text: text({ max: 9 }), count: optional(integer({ min: 0, max: 9 })) })
const ack = shape({ postId: id<PostId>(), note: optional(text({ max: 9 })) })

export const good = command('test:good', {
  ...base,
  input,
  ack,
  async run({ actor }, { text, count }) {
    const author: UserId = actor.id
    // @ts-expect-error a text is no number
    const wrong: number = text
    // @ts-expect-error an optional field may be missing
    const certain: number = count
    return author && wrong && certain ? { postId } : { postId, note: text }
  },
})

export const prepared = command('test:prepared', {
  ...base,
  input,
  ack,
  prepare: async ({ actor }, { text }) => ({ person: actor.id, length: text.length }),
  async run(_ctx, _input, { person, length }) {
    const size: number = length
    // @ts-expect-error an id is no number
    const wrong: number = person
    return size && wrong ? { postId } : { postId, note: 'x' }
  },
})

export const preparedForAnyone = command('test:anyone', {
  ...base,
  auth: 'anyone',
  input,
  ack,
  // @ts-expect-error nobody may be known
  prepare: async ({ actor }) => actor.id,
  async run() {
    return { postId }
  },
})

export const unprepared = command('test:unprepared', {
  ...base,
  input,
  ack,
  // @ts-expect-error nothing was prepared
  async run(_ctx, _input, { length }) {
    return { postId, note: String(length) }
  },
})

export const unknownInput = command('test:input', {
  ...base,
  input,
  ack,
  // @ts-expect-error the input has no such field
  async run(_ctx, { phone }) {
    return { postId, note: String(phone) }
  },
})

export const missingField = command('test:missing', {
  ...base,
  input,
  ack,
  // @ts-expect-error the answer lacks postId
  async run() {
    return { note: 'x' }
  },
})

export const extraField = command('test:extra', {
  ...base,
  input,
  ack,
  // @ts-expect-error the ack has no such field
  async run() {
    return { postId, phone: '+12025550100' }
  },
})

export const wrongField = command('test:wrong', {
  ...base,
  input,
  ack,
  // @ts-expect-error a person is not a post
  async run() {
    return { postId: userId }
  },
})

export const forAnyone = command('test:anyone', {
  ...base,
  auth: 'anyone',
  input: shape({}),
  ack: shape({ userId: id<UserId>() }),
  async run({ actor }) {
    // @ts-expect-error nobody may be signed in
    return { userId: actor.id }
  },
})

// @ts-expect-error a command says who may send it
export const withoutAuth = command('test:auth', { ...base, auth: undefined, input, ack, run: async () => ({ postId }) })
// @ts-expect-error a command limits its callers
export const withoutLimit = command('test:limit', { ...base, limits: {}, input, ack, run: async () => ({ postId }) })

// ---- events, jobs, rooms and ids

const counted = shape({ id: id<PostId>(), count: integer({ min: 0, max: 9 }) })

export const counts = event('test:counted', {
  about: 'Counted.',
  payload: counted,
  // @ts-expect-error a post has no devices
  audience: ({ id }) => ({ rooms: [deviceRoom(id)] }),
})
export const toWord = event('test:counted', {
  about: 'Counted.',
  payload: counted,
  // @ts-expect-error a plain string is no room
  audience: ({ id }) => ({ rooms: [`post:${id}`] }),
})
export const count = job('test:count', {
  about: 'Counts.',
  payload: counted,
  queue: 'notify',
  attempts: 1,
  // @ts-expect-error the payload has no such field
  run: async (_work, { total }) => void total,
})

// @ts-expect-error a plain string is no room
export const room: Room = 'user:1'
// @ts-expect-error a post is not a person
export const person: UserId = postId
// @ts-expect-error an id is not just any text
export const post: PostId = 'x'

// @ts-expect-error fields are missing
ctx.emit(PostDeleted, { id: postId })
// @ts-expect-error a post is not a person
ctx.emit(PostDeleted, { id: postId, authorId: postId, visibility: 'public' })
// @ts-expect-error one of a closed list of words
ctx.emit(PostDeleted, { id: postId, authorId: userId, visibility: 'everyone' })
// @ts-expect-error the payload has no such field
ctx.emit(PostDeleted, { id: postId, authorId: userId, visibility: 'public', text: '' })
// @ts-expect-error a field is missing
ctx.enqueue(SendCode, {})
// @ts-expect-error an id is not just any text
ctx.enqueue(SendCode, { challengeId: 'x' })

export const reaction = on(PostDeleted, ({ id, visibility }, enqueue) => {
  // @ts-expect-error a post is not a challenge
  enqueue(SendCode, { challengeId: id })
  // @ts-expect-error there is no such word
  return visibility === 'everyone'
})

// ---- the client

// @ts-expect-error there is no such command
void client.call('post:burn', {})
// @ts-expect-error a field is missing
void client.call('post:get', {})
// @ts-expect-error a person is not a post
void client.call('post:get', { postId: userId })
// @ts-expect-error the input has no such field
void client.call('post:create', { text: 'x', authorId: userId })
// @ts-expect-error the ack has no such field
void client.call('post:create', { text: 'x' }).then(({ phone }) => void phone)
// @ts-expect-error a list may be empty
void client.call('post:list', { authorId: userId }).then(({ items }) => items[0].id)
// @ts-expect-error there is no such event
client.on('post:burned', () => undefined)
// @ts-expect-error the payload has no such field
client.on('post:created', ({ phone }) => void phone)

// ---- nothing is `any`, `unknown`, or a name that could be anything

type IsLoose<T> = unknown extends T ? true : never // also true of any
type Inside<T> = T extends string | number | boolean | null | undefined
  ? never
  : T extends readonly (infer Item)[]
    ? Loose<Item>
    : { [K in keyof T]-?: Loose<T[K]> }[keyof T]
/** `true` when a type, or any field within it, is `any` or `unknown`; otherwise never. */
type Loose<T> = IsLoose<T> extends never ? Inside<T> : true
type None<T extends never> = T

type LooseCommands = { [N in CommandName]: true extends Loose<Commands[N]> ? N : never }[CommandName]
type LooseEvents = { [N in EventName]: true extends Loose<Events[N]> ? N : never }[EventName]
type LooseNames = string extends CommandName | EventName ? true : never

const everyField = shape({
  text: text({ max: 9 }),
  token: fields.token(/^x$/, 'an x'),
  id: id<PostId>(),
  integer: integer({ min: 0, max: 9 }),
  bool: fields.bool(),
  oneOf: fields.oneOf('a', 'b'),
  instant: fields.instant(),
  url: fields.url(),
  dictionary: fields.dictionary(),
  optional: optional(fields.nullable(text({ max: 9 }))),
  page: page(shape({ id: id<UserId>() })),
  extended: fields.extended(counted, { more: fields.list(fields.bool(), { max: 9 }) }),
})
type EveryField = {
  readonly text: string
  readonly token: string
  readonly id: PostId
  readonly integer: number
  readonly bool: boolean
  readonly oneOf: 'a' | 'b'
  readonly instant: string
  readonly url: string
  readonly dictionary: Readonly<Record<string, string>>
  readonly optional?: string | null
  readonly page: { readonly items: readonly { readonly id: UserId }[]; readonly nextCursor: string | null }
  readonly extended: { readonly id: PostId; readonly count: number; readonly more: readonly boolean[] }
}
type Either<A, B> = [A] extends [B] ? ([B] extends [A] ? never : A) : A

export type Held = [
  None<LooseCommands>,
  None<LooseEvents>,
  None<LooseNames>,
  None<Loose<Infer<typeof everyField>>>,
  None<Either<Infer<typeof everyField>, EveryField>>,
]
// @ts-expect-error the check sees a field that is any
export type SeesAny = None<Loose<{ a: readonly { b: ReturnType<typeof JSON.parse> }[] }>>
// @ts-expect-error the check sees a field that is unknown
export type SeesUnknown = None<Loose<{ a?: { b: unknown } }>>
