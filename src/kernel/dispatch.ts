import { randomUUID } from 'node:crypto'
import type { App } from './app.ts'
import type { Command } from './command.ts'
import { Broken, Failure, NoSuchCommand, TooFast, Unauthenticated, type FailureWire } from './failure.ts'
import type { Seat } from './seat.ts'
import { answered, digestOf, type Request } from './remember.ts'
import { inScope, type Actor, type Ctx, type Memory } from './scope.ts'
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
    ack = await within(DEADLINE_MS, answer(app, caller, command, raw, meta, started + DEADLINE_MS))
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

async function answer(
  app: App,
  caller: Caller,
  command: Command,
  raw: unknown,
  meta: AckMeta,
  until: number,
): Promise<Ack> {
  const { actor, address } = caller
  if (command.auth === 'user' && !actor) throw Unauthenticated()
  await spend(app, command, 'caller', actor?.id ?? address)
  await spend(app, command, 'address', address)
  const { clientId, ...input } = parse(command.envelope, raw)
  if (command.limits.target) await spend(app, command, 'target', command.limits.target.of(input))

  // The ack of what anyone may send is not kept: it may hold tokens.
  const isOnce = actor && clientId && command.auth === 'user' && command.access === 'write'
  const request = isOnce ? { userId: actor.id, clientId, digest: digestOf(command.name, input) } : null
  return run(app, caller, command, input, request, meta, until).catch(async (error: unknown) => {
    // A twin may have been quicker, and this one have failed on what the twin did: by now the twin's ack is there.
    const twin = request && (await inScope(app, { actor, readOnly: true, request, until }, recall(request)))
    if (twin) return twin
    throw error
  })
}

const recall =
  (request: Request) =>
  (_: Ctx, { known }: Memory) =>
    Promise.resolve(answered(request, known))

function run(
  app: App,
  { actor, address, seat = null }: Caller,
  command: Command,
  input: unknown,
  request: Request | null,
  meta: AckMeta,
  until: number,
): Promise<Ack> {
  const readOnly = command.access === 'read'
  return inScope(app, { actor, address, seat, readOnly, request, until }, async (ctx, memory) => {
    const before = request && answered(request, memory.known)
    if (before) return before
    const data = await runKeeping(() => command.run(ctx, input))
    if (data instanceof Failure) return refusalOf(data, meta)
    if (app.checkAcks) assertShape(command.ack, data, command.name)
    const ack: OkAck = { ok: true, data, meta: readOnly ? { ...meta, cursor: ctx.cursor } : meta }
    if (request) memory.keep(ack)
    return ack
  })
}

/** A failure that keeps what was written is an answer like any other: the transaction commits. */
const runKeeping = (work: () => Promise<unknown>) =>
  work().catch((error: unknown) => {
    if (error instanceof Failure && error.keeps) return error
    throw error
  })

async function spend(app: App, command: Command, by: 'caller' | 'address' | 'target', key: string): Promise<void> {
  const rate = command.limits[by]
  if (!rate) return
  const waitMs = await app.spend(`${command.name}:${by}:${key}`, rate, command.limits.blind ?? 'share')
  if (waitMs > 0) throw TooFast({ retryAfterMs: waitMs })
}
