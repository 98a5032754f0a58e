import type { Job } from './job.ts'
import type { Room } from './room.ts'
import type { Shape } from './shape.ts'

/** Who hears an event: the people in any of `rooms`, less those in any of `except`. */
export interface Audience {
  readonly rooms: readonly Room[]
  readonly except?: readonly Room[]
}

export interface Event<N extends string = string, P = unknown> {
  readonly name: N
  readonly about: string
  readonly payload: Shape<P>
  /**
   * True of what matters only now, such as that somebody types: it goes past the log, to whoever is connected, and may
   * be lost. Nobody reacts to it, and nobody is told of it later.
   */
  readonly ephemeral?: true
  /** Absent: a fact for other slices, which no client hears. */
  audience?(payload: P): Audience
  /**
   * The ids of what it tells of. Once one of them is erased the event is blanked wherever the log is kept: no replay
   * brings it back, and a reaction that has not run will not.
   */
  subjects?(payload: P): readonly string[]
  /** The id of what is gone with it. */
  erases?(payload: P): string
}

/** Declares a fact, `noun:past`. The payload is exactly what a client hears, the same for everyone. */
export const event = <const N extends string, P>(name: N, spec: Omit<Event<N, P>, 'name'>): Event<N, P> => ({
  name,
  ...spec,
})

/** Queues work about a fact. */
export type Enqueue = <P>(job: Job<P>, payload: NoInfer<P>) => void

export interface Reaction<P = unknown> {
  readonly event: Event<string, P>
  run(payload: P, enqueue: Enqueue): void
}

/** Declares what a slice does about a fact of an earlier one: it queues work, in the order of the log, at least once. */
export const on = <P>(event: Event<string, P>, run: Reaction<P>['run']): Reaction<P> => ({ event, run })
