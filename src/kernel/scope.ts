import type { Knex } from 'knex'
import type { App } from './app.ts'
import { controlEvents } from './control.ts'
import type { Audience, Event } from './event.ts'
import type { Job } from './job.ts'
import type { Ports } from './ports.ts'
import type { Remembered, Request } from './remember.ts'
import type { OkAck } from './dispatch.ts'
import { Late } from './failure.ts'
import type { Seat } from './seat.ts'
import { assertShape } from './shape.ts'

export type UserId = string & { readonly UserId: unique symbol }

/** Who acts. The session is known where a person acts for themselves, not where a job acts for them. */
export interface Actor {
  readonly id: UserId
  readonly sessionId: string | null
  /** The epoch of the token that was shown. */
  readonly epoch?: number
}

/**
 * All a command or job may touch while its transaction is open.
 * What `emit` and `enqueue` are given is written with the transaction and takes effect only if it commits.
 */
export interface Ctx {
  /** The open transaction. Private tables show only the actor's rows in it. */
  readonly db: Knex
  readonly now: Date
  readonly actor: Actor | null
  readonly ports: Ports
  /** The address the caller came from, for records; null in jobs. */
  readonly address: string | null
  /** The caller's place among the rooms; null where there is no socket. */
  readonly seat: Seat | null
  /** Where this transaction's snapshot stands in the log, `epoch:pos`. */
  cursor(): Promise<string>
  emit<P>(event: Event<string, P>, payload: NoInfer<P>): void
  enqueue<P>(job: Job<P>, payload: NoInfer<P>): void
  /** Shows this person's private rows from here on; for sign-in, where the right is proved inside the command. */
  actFor(person: UserId): Promise<void>
}

export interface UserCtx extends Ctx {
  readonly actor: Actor
}

/** What is to reach the people in some rooms, less those in others. */
export interface Message {
  readonly name: string
  readonly payload: unknown
  readonly rooms: readonly string[]
  readonly except: readonly string[]
}

/** One line of the log in the making. */
export interface Effect extends Message {
  readonly kind: 'event' | 'control' | 'fact' | 'job'
  /** The ids of what it tells of. */
  readonly subjects: readonly string[]
  /** The id of what is gone with it. */
  readonly erases: string | null
}

export interface ScopeOptions {
  readonly actor: Actor | null
  readonly address?: string | null
  readonly seat?: Seat | null
  /** Read-only, in one snapshot. */
  readonly readOnly?: boolean
  /** What is served, when it is done once only. */
  readonly request?: Request | null
  /** A question that is asked together with the beginning. */
  readonly ask?: Question | null
  /** The moment, as `performance.now()` tells it, after which the transaction will not commit. */
  readonly until?: number
}

/** A query as PostgreSQL is asked it. */
export interface Question {
  readonly sql: string
  readonly bindings: readonly unknown[]
}

/** How a transaction begins. */
export interface Opening {
  readonly person: UserId | null
  readonly readOnly: boolean
  readonly request: Request | null
  readonly ask: Question | null
}

/** What is known at its beginning. */
export interface Opened {
  /** Where its snapshot stands in the log. */
  readonly cursor: string
  /** What was answered to its request before. */
  readonly known: Remembered | null
  /** The first row of what it asked. */
  readonly asked: unknown
}

/** What is written at its end. */
export interface Closing {
  /** In how many milliseconds it must be written, or nothing is. */
  readonly withinMs: number | null
  readonly effects: readonly Effect[]
  readonly ack: OkAck | null
}

/** What a scope is told as it begins, and what is to be known of its request from now on. */
export interface Memory {
  readonly opened: Promise<Opened>
  keep(ack: OkAck): void
}

const isControl = new Set<unknown>(controlEvents)

/** Who hears what an actor did: the event's own audience, less those from whom the actor is hidden. */
export function audienceOf<P>(
  app: Pick<App, 'exclusions'>,
  event: Event<string, P>,
  payload: P,
  actor: Actor | null,
): Required<Audience> {
  if (!event.audience) return { rooms: [], except: [] }
  const { rooms, except = [] } = event.audience(payload)
  return { rooms, except: actor ? [...except, ...app.exclusions.map(kind => kind(actor.id))] : except }
}

function messageOf<P>(app: App, event: Event<string, P>, payload: P, actor: Actor | null): Message {
  if (app.events.get(event.name) !== event) throw new Error(`Undeclared event: ${event.name}`)
  assertShape(event.payload, payload, event.name)
  return { name: event.name, payload, ...audienceOf(app, event, payload, actor) }
}

function effectOf<P>(event: Event<string, P>, payload: P, message: Message): Effect {
  const kind = isControl.has(event) ? 'control' : event.audience ? 'event' : 'fact'
  return { kind, ...message, subjects: event.subjects?.(payload) ?? [], erases: event.erases?.(payload) ?? null }
}

/** Sends an ephemeral event that no command brings about. */
export function send<P>(app: App, event: Event<string, P>, payload: NoInfer<P>, actor: Actor): void {
  if (!event.ephemeral) throw new Error(`Only a transaction lets out what lasts: ${event.name}`)
  app.publish([messageOf(app, event, payload, actor)])
}

/** Opens a transaction, runs `body`, and lets its effects out only if it commits. */
export async function inScope<T>(
  app: App,
  { actor, address = null, seat = null, readOnly = false, request = null, ask = null, until }: ScopeOptions,
  body: (ctx: Ctx, memory: Memory) => PromiseLike<T>,
): Promise<T> {
  const effects: Effect[] = []
  const passing: Message[] = []
  let ack: OkAck | null = null
  let sees = actor?.id ?? null
  const result = await app.transact({ person: sees, readOnly, request, ask }, async (db, opened) => {
    const ctx: Ctx = {
      db,
      now: app.clock(),
      actor,
      ports: app.ports,
      address,
      seat,
      cursor: () => opened.then(({ cursor }) => cursor),
      emit(event, payload) {
        const message = messageOf(app, event, payload, actor)
        if (event.ephemeral) passing.push(message)
        else effects.push(effectOf(event, payload, message))
      },
      enqueue(job, payload) {
        if (app.jobs.get(job.name) !== job) throw new Error(`Undeclared job: ${job.name}`)
        assertShape(job.payload, payload, job.name)
        effects.push({ kind: 'job', name: job.name, payload, rooms: [], except: [], subjects: [], erases: null })
      },
      async actFor(person) {
        if (person === sees) return
        sees = person
        app.enter(db, person).catch(() => undefined) // nobody waits for it: what is asked next fails with it
      },
    }
    const result = await body(ctx, { opened, keep: given => (ack = given) })
    const withinMs = until === undefined ? null : until - performance.now()
    if (withinMs !== null && withinMs <= 0) throw Late()
    return { result, closing: { withinMs, effects, ack } }
  })
  if (effects.length > 0) app.ring()
  if (passing.length > 0) app.publish(passing)
  return result
}
