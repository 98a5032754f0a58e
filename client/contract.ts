/** What can be sent and heard, as types only: they come from the server's declarations and leave nothing at run time. */
import type { Infer } from '../src/kernel/shape.ts'
import type { FailedAck, OkAck } from '../src/kernel/dispatch.ts'
import type { FailureWire } from '../src/kernel/failure.ts'
import type { Closing, Ready } from '../src/infra/socket/signals.ts'
import type { slices } from '../src/main/domains.ts'

export type { AckMeta } from '../src/kernel/dispatch.ts'
export type { Closing, FailedAck, FailureWire, OkAck, Ready }

type Slice = (typeof slices)[number]
type AnyCommand = Extract<Slice, { commands: unknown }>['commands'][number]
type AnyEvent = Extract<Slice, { events: unknown }>['events'][number]

export type Commands = {
  [C in AnyCommand as C['name']]: { readonly input: Infer<C['input']>; readonly ack: Infer<C['ack']> }
}
/** Events by name, each with its payload. */
export type Events = { [E in AnyEvent as E['name']]: Infer<E['payload']> }

export type CommandName = keyof Commands
export type EventName = keyof Events
export type Input<N extends CommandName> = Commands[N]['input']
export type Data<N extends CommandName> = Commands[N]['ack']
export type MediaLinks = Data<'post:get'>['links'][number]
export type Tokens = Data<'session:start'>
