import type { Socket } from 'socket.io'
import { endReason } from '../../kernel/control.ts'
import { bool, instant, integer, nullable, oneOf, shape, text, type Field, type Infer } from '../../kernel/shape.ts'
import type { Entry } from '../log/entry.ts'

/** What the server tells one connection about itself, outside the log. */
export interface Signal<P = unknown> {
  readonly name: string
  readonly about: string
  readonly payload: Field<P>
}
const signal = <P>(name: string, about: string, payload: Field<P>): Signal<P> => ({ name, about, payload })

export const Ready = signal(
  'log:ready',
  'The connection hears everything from `cursor` on. When `recovered` is false, read afresh what is shown.',
  shape({
    recovered: bool(),
    reason: oneOf('resumed', 'fresh', 'epoch', 'age', 'amount'),
    cursor: text({ max: 60 }),
  }),
)
export type Ready = Infer<typeof Ready.payload>

export const Position = signal(
  'log:cursor',
  'How far the log has come, told every 20 s so that an idle client resumes from there.',
  text({ max: 60 }),
)

export const Ended = signal(
  'session:ended',
  'The session is over, and why; the connection closes and cannot come back.',
  shape({ reason: endReason() }),
)

export const Expiring = signal(
  'session:expiring',
  'The access token of this connection ends then: send `session:renew` with a new one. 15 s after it the connection closes.',
  shape({ expiresAt: instant() }),
)

export const Closing = signal(
  'socket:closing',
  'The connection closes now, and why. Come back after `afterMs`; when it is null, only when somebody asks for it.',
  shape({
    reason: oneOf('drained', 'rotated', 'expired', 'reset', 'displaced', 'too_fast'),
    afterMs: nullable(integer({ min: 0, max: 3_600_000 })),
  }),
)
export type Closing = Infer<typeof Closing.payload>

export const signals: readonly Signal[] = [Ready, Position, Ended, Expiring, Closing]

/** Tells one socket, or those of this node. */
export const tell = <P>(to: Pick<Socket, 'emit'>, { name }: Signal<P>, payload: P): boolean => to.emit(name, payload)

/** What a connection missed comes before `log:ready`, in order, as `[name, payload, pos]` each. */
export const REPLAY = 'log:replay'
/** Small enough that a slow client gets somewhere between two cuts, and that it is seen to read. */
const BATCH_BYTES = 16 * 1024

export function replay(socket: Socket, events: readonly Entry[]): void {
  let batch: unknown[] = []
  let bytes = 0
  for (const event of events) {
    if (bytes > 0 && bytes + event.bytes > BATCH_BYTES) send()
    batch.push([event.name, event.payload, event.pos])
    bytes += event.bytes
  }
  if (bytes > 0) send()

  function send() {
    socket.emit(REPLAY, batch)
    batch = []
    bytes = 0
  }
}
