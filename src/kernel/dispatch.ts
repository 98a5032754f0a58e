import { randomUUID } from 'node:crypto'
import type { App } from './app.ts'
import type { Command } from './command.ts'
import { Broken, Failure, Late, NoSuchCommand, TooFast, Unauthenticated, type FailureWire } from './failure.ts'
import type { Seat } from './seat.ts'
import { digestOf, recall, remember, type Request } from './remember.ts'
import { inScope, type Actor } from './scope.ts'
import { assertShape, parse } from './shape.ts'

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
    ack = await answer(app, caller, command, raw, meta)
  } catch (error) {
    ack = { ok: false, error: asFailure(app, error, { command: name, ...meta }).toWire(), meta }
  }
  app.observe(command?.name ?? 'unknown', ack.ok ? 'ok' : ack.error.code, (performance.now() - started) / 1000)
  return ack
}

/** A declared failure as it is; a dependency's error as what it means; anything else is our bug: logged whole, told to nobody. */
export function asFailure(app: Pick<App, 'explain' | 'logger'>, error: unknown, about: object): Failure {
  if (error instanceof Failure) return error
  const known = app.explain(error)
  if (known) app.logger.warn({ err: error, ...about }, known.reason)
  else app.logger.error({ err: error, ...about }, 'broken')
  return known ?? Broken({}, { cause: error })
}

async function answer(app: App, caller: Caller, command: Command, raw: unknown, meta: AckMeta): Promise<Ack> {
  const { actor, address } = caller
  if (command.auth === 'user' && !actor) throw Unauthenticated()
  await spend(app, command, 'caller', actor?.id ?? address)
  await spend(app, command, 'address', address)
  const { clientId, input } = read(command, raw)
  if (command.limits.target) await spend(app, command, 'target', command.limits.target.of(input))

  const request =
    actor && clientId && command.access === 'write'
      ? { userId: actor.id, clientId, digest: digestOf(command.name, input) }
      : null
  try {
    return await inTime(signal => run(app, caller, command, input, request, meta, signal))
  } catch (error) {
    // Beside its twin, a repeat may be refused for what the twin did: then the twin's ack is the answer.
    const known = request && isAnswered(app, error) ? await recallAlone(app, actor, request) : null
    if (!known) throw error
    return known
  }
}

const isAnswered = (app: App, error: unknown) =>
  app.isRepeat(error) || (error instanceof Failure && error.code !== 'internal')

const recallAlone = (app: App, actor: Actor | null, request: Request) =>
  inScope(app, { actor, readOnly: true }, ctx => recall(ctx.db, request))

function run(
  app: App,
  { actor, address, seat = null }: Caller,
  command: Command,
  input: unknown,
  request: Request | null,
  meta: AckMeta,
  signal: AbortSignal,
): Promise<Ack> {
  const readOnly = command.access === 'read'
  return inScope(app, { actor, address, seat, readOnly, signal }, async ctx => {
    const known = request && (await recall(ctx.db, request))
    if (known) return known
    const data = await runKeeping(() => command.run(ctx, input))
    if (data instanceof Failure) return { ok: false, error: data.toWire(), meta }
    if (app.checkAcks) assertShape(command.ack, data, command.name)
    const ack: OkAck = { ok: true, data, meta: readOnly ? { ...meta, cursor: ctx.cursor } : meta }
    if (request) await remember(ctx.db, request, ack)
    return ack
  })
}

/** A failure that keeps what was written is an answer like any other: the transaction commits. */
const runKeeping = (work: () => Promise<unknown>) =>
  work().catch((error: unknown) => {
    if (error instanceof Failure && error.keeps) return error
    throw error
  })

/** Refuses late work, and sees to it that it does not commit. */
async function inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController()
  const expired = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    deadline.abort(Late())
    expired.reject(Late())
  }, DEADLINE_MS)
  const working = work(deadline.signal)
  working.catch(() => undefined) // after the deadline nobody waits for it any more
  try {
    return await Promise.race([working, expired.promise])
  } finally {
    clearTimeout(timer)
  }
}

function read(command: Command, raw: unknown): { clientId: string | undefined; input: unknown } {
  const { clientId, ...input } = parse(command.envelope, raw)
  return { clientId, input }
}

async function spend(app: App, command: Command, by: 'caller' | 'address' | 'target', key: string): Promise<void> {
  const rate = command.limits[by]
  if (!rate) return
  const waitMs = await app.spend(`${command.name}:${by}:${key}`, rate, command.limits.blind ?? 'share')
  if (waitMs > 0) throw TooFast({ retryAfterMs: waitMs })
}
