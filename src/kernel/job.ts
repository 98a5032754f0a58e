import type { App } from './app.ts'
import type { Ports } from './ports.ts'
import { inScope, type Ctx, type UserCtx, type UserId } from './scope.ts'
import type { Shape } from './shape.ts'

/** The kinds of work, each with its own Bull queue so that slow work never holds up quick work. */
export const QUEUES = ['notify', 'push', 'messages', 'images', 'recordings', 'upkeep'] as const
export type QueueName = (typeof QUEUES)[number]

/** All a job may touch, and a command before its transaction. Slow work happens between scopes, never inside one. */
export interface Work {
  readonly ports: Ports
  /** Runs `body` in a transaction of its own. */
  scope<T>(body: (ctx: Ctx) => PromiseLike<T>): Promise<T>
  /** Runs `body` in a transaction that sees this person's private rows. */
  scopeFor<T>(person: UserId, body: (ctx: UserCtx) => PromiseLike<T>): Promise<T>
}

/** What works on behalf of nobody in particular. */
export const workOf = (app: App): Work => ({
  ports: app.ports,
  scope: body => inScope(app, { actor: null }, body),
  scopeFor: (id, body) => inScope(app, { actor: { id, sessionId: null } }, ctx => body(ctx as UserCtx)),
})

export interface Job<P = unknown> {
  readonly name: string
  /** One sentence, which also says why running twice is safe. */
  readonly about: string
  readonly payload: Shape<P>
  readonly queue: QueueName
  readonly attempts: number
  /** Runs by itself this often, with an empty payload. */
  readonly everySeconds?: number
  run(work: Work, payload: P): Promise<void>
  /** Runs once when every attempt has failed. */
  gaveUp?(work: Work, payload: P): Promise<void>
}

/** Declares work: ids in, re-read, and return when the world has moved on. */
export const job = <P>(name: string, spec: Omit<Job<P>, 'name'>): Job<P> => ({ name, ...spec })
