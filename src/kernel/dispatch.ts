import { randomUUID } from 'node:crypto'
import type { App } from './app.ts'
import type { Command } from './command.ts'
import { Broken, Failure, NoSuchCommand, TooFast, Unauthenticated, type FailureWire } from './failure.ts'
import { workOf } from './job.ts'
import { claimsOf, claimsOn, type Claim } from './limit.ts'
import type { Seat } from './seat.ts'
import { answered, digestOf, type Request } from './remember.ts'
import { inScope, type Actor, type Opened } from './scope.ts'
import { assertShape, parse } from './shape.ts'
import { within } from './within.ts'

export interface AckMeta {
  readonly requestId: string
  /** On reads: the place in the log this snapshot stands at. Events up to it are already in the data. */
  readonly cursor?: string
}
export interface OkAck<T = unknown> {
  readonly ok: true
  readonly data: T
  readonly meta: AckMeta
}
export interface FailedAck {
  readonly ok: false
  readonly error: FailureWire
  readonly meta: AckMeta
}
export type Ack<T = unknown> = OkAck<T> | FailedAck

export interface Caller {
  readonly actor: Actor | null
  readonly address: string
  readonly seat?: Seat | null
}

/** How long a command may take, in milliseconds. After that it is refused and will not commit. */
export const DEADLINE_MS = 5000

/** One message in, one ack out. Never throws. */
export async function dispatch(app: App, caller: Caller, name: string, raw: unknown): Promise<Ack> {
  const meta = { requestId: randomUUID() }
  const started = performance.now()
  const command = app.commands.get(name)
  let ack: Ack
  try {
    if (!command) throw NoSuchCommand()
    ack = await within(
      DEADLINE_MS,
      answer(app, { caller, command, read: reading(app, caller, command, raw), meta, until: started + DEADLINE_MS }),
    )
  } catch (error) {
    ack = refusalOf(asFailure(app, error, { command: name.slice(0, 100), ...meta }), meta)
  }
  app.observe(command?.name ?? 'unknown', ack.ok ? 'ok' : ack.error.code, (performance.now() - started) / 1000)
  return ack
}

/** The ack that refuses. */
export const refusalOf = (failure: Failure, meta: AckMeta = { requestId: randomUUID() }): FailedAck => ({
  ok: false,
  error: failure.toWire(),
  meta,
})

/** A declared failure as it is; a dependency's error as what it means; anything else is our bug: logged whole, told to nobody. */
export function asFailure(app: Pick<App, 'explain' | 'logger'>, error: unknown, about: object): Failure {
  if (error instanceof Failure) return error
  const known = app.explain(error)
  if (known)
    app.logger.info({ why: String(error), ...about }, known.reason) // whoever lost the connection has said so
  else app.logger.error({ err: error, ...about }, 'broken')
  return known ?? Broken({}, { cause: error })
}

/** One command as it came, and what is given to it. */
interface Turn {
  readonly caller: Caller
  readonly command: Command
  /** What it is to be performed with; throws, each time, what is wrong with it. */
  read(): Read
  readonly meta: AckMeta
  readonly until: number
}

async function answer(app: App, turn: Turn): Promise<Ack> {
  const { actor } = turn.caller
  if (turn.command.auth === 'user' && !actor) throw Unauthenticated()
  return attempt(app, turn).catch(async (error: unknown) => {
    if (error instanceof Repeated) return error.ack
    // It may have been done before: by a twin that was quicker, or before the limits refused the repeat.
    const request = requestOf(turn)
    if (!request) throw error
    const { known } = await app.glance({ person: request.userId, request, ask: null }).catch(() => {
      throw error
    })
    const before = answered(request, known)
    if (before) return before
    throw error
  })
}

interface Read {
  readonly input: unknown
  readonly request: Request | null
}

/** Reads what came, once. The ack of what anyone may send is not kept: it may hold tokens. */
function reading(app: App, { actor }: Caller, command: Command, raw: unknown): () => Read {
  let outcome: (() => Read) | null = null
  return () => (outcome ??= outcomeOf(() => readOnce(app, actor, command, raw)))()
}

function outcomeOf<T>(make: () => T): () => T {
  try {
    const value = make()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}

function readOnce({ ports }: App, actor: Actor | null, command: Command, raw: unknown): Read {
  const { clientId, ...input } = parse(command.envelope, raw)
  const isOnce = actor && clientId && command.auth === 'user' && command.access === 'write'
  if (!isOnce) return { input, request: null }
  return { input, request: { userId: actor.id, clientId, digest: digestOf(ports.vault, command.name, input) } }
}

/** The request of a turn that was refused; null also where it is the input that is wrong. */
function requestOf(turn: Turn): Request | null {
  try {
    return turn.read().request
  } catch {
    return null
  }
}

async function attempt(app: App, turn: Turn): Promise<Ack> {
  const { caller, command, meta, until } = turn
  const { actor, address, seat = null } = caller
  await spend(app, command, claimsOf(command, caller, app.clock()))
  const { input, request } = turn.read()
  await spend(app, command, claimsOn(command, caller, input))

  const prepared = await command.prepare?.({ ...workOf(app), actor }, input)
  const readOnly = command.access === 'read'
  return inScope(app, { actor, address, seat, readOnly, request, until }, async (ctx, { opened, keep }) => {
    const work = runKeeping(() => command.run(ctx, input, prepared))
    const data = await (request ? onlyOnce(request, opened, work) : work)
    if (data instanceof Failure) return refusalOf(data, meta)
    if (app.checkAcks) assertShape(command.ack, data, command.name)
    const ack: OkAck = { ok: true, data, meta: readOnly ? { ...meta, cursor: await ctx.cursor() } : meta }
    if (request) keep(ack)
    return ack
  })
}

/** Thrown so that what a repeat did is rolled back. */
class Repeated extends Error {
  readonly ack: OkAck

  constructor(ack: OkAck) {
    super('It was done before')
    this.ack = ack
  }
}

/** A command begins before it is known whether it was done before: a round trip sooner for all but the repeats. */
async function onlyOnce<T>(request: Request, opened: Promise<Opened>, work: Promise<T>): Promise<T> {
  const [{ known }] = await Promise.all([opened, Promise.allSettled([work])])
  const before = answered(request, known)
  if (before) throw new Repeated(before)
  return work
}

/** A failure that keeps what was written is an answer like any other: the transaction commits. */
const runKeeping = (work: () => Promise<unknown>) =>
  work().catch((error: unknown) => {
    if (error instanceof Failure && error.keeps) return error
    throw error
  })

async function spend(app: App, { limits }: Command, claims: readonly Claim[]): Promise<void> {
  if (claims.length === 0) return
  const waitMs = await app.spend(claims, limits.blind ?? 'share')
  if (waitMs > 0) throw TooFast({ retryAfterMs: waitMs })
}
