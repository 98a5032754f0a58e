import type { Work } from './job.ts'
import type { Limits } from './limit.ts'
import type { Actor, Ctx, UserCtx } from './scope.ts'
import { extended, id, optional, type Shape } from './shape.ts'

/** Who may send a command: anyone at all, or someone signed in. */
export type Auth = 'anyone' | 'user'
export type CtxFor<A extends Auth> = A extends 'user' ? UserCtx : Ctx

/** What a command is given to prepare with. */
export interface Before<A extends Auth = Auth> extends Work {
  readonly actor: A extends 'user' ? Actor : Actor | null
}

export interface Command<N extends string = string, A extends Auth = Auth, I = unknown, O = unknown, P = unknown> {
  readonly name: N
  /** One sentence for whoever calls it. */
  readonly about: string
  readonly auth: A
  /** A `read` runs in one read-only snapshot, and its ack tells the snapshot's place in the log. */
  readonly access: 'read' | 'write'
  readonly limits: Limits<I>
  readonly input: Shape<I>
  /** What arrives: the input, beside which every command may carry a `clientId` (on reads it means nothing). */
  readonly envelope: Shape<{ readonly clientId?: string }>
  readonly ack: Shape<O>
  /** Also reachable by POST at this path, with the same rules. */
  readonly http?: `/v1/${string}`
  /** What it does there with the refresh token that a browser keeps for a web page. */
  readonly cookie?: 'gives' | 'takes' | 'ends'
  /** What is slow or lies outside the database is found out here, before the transaction; `run` is given the answer. */
  prepare?(before: Before<A>, input: I): Promise<P>
  /** A repeat is performed, too, and rolled back: what a write does outside its transaction it may do twice. */
  run(ctx: CtxFor<A>, input: I, prepared: P): Promise<O>
}

/** What `run` answers: all of the ack, and no field beside it. */
type Exactly<R, O> = R & Record<Exclude<keyof R, keyof O>, never>

type Spec<A extends Auth, I, O, P, R> = Omit<Command<string, A, I, O, P>, 'name' | 'envelope' | 'run'> & {
  run(ctx: CtxFor<A>, input: I, prepared: NoInfer<P>): Promise<Exactly<R, O>>
}

/** Declares an order a client may give, `noun:verb`. The body is: find, change, emit, answer. */
export const command = <const N extends string, A extends Auth, I, O, const R extends O, P = undefined>(
  name: N,
  spec: Spec<A, I, O, P, R>,
): Command<N, A, I, O, P> => ({ name, ...spec, envelope: extended(spec.input, { clientId: optional(id()) }) })
