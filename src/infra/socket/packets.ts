import type { Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { dispatch, refusalOf, type Ack, type Caller } from '../../kernel/dispatch.ts'
import { NoSuchCommand, TooFast } from '../../kernel/failure.ts'
import { countWithin } from './allowance.ts'

/** Commands of one socket that may wait for those before them. */
const WAITING_MAX = 100
/** Commands nobody knows that one socket may send within a minute. */
const UNKNOWN_MAX = 20
const MINUTE = 60_000

export interface PacketsOptions {
  readonly app: App
  readonly caller: Caller
  /** Settled once the socket has joined. */
  readonly joined: Promise<void>
  /** Multiplies what one socket may send. */
  readonly scale: number
  /** Called when a socket goes on sending what nobody knows. */
  readonly onFlood: () => void
}

export interface Packets {
  /** Begins no further command; resolves when the one under way is answered. */
  rest(): Promise<void>
}

/**
 * Answers every packet by dispatch. It sits before Socket.IO's own emitter and lets nothing through to it, so no event
 * name means anything there. The commands of one socket run one after another, in the order they were sent; those not
 * begun when it is gone are not performed. None begins before the socket has joined: until then its session is
 * unproved, and what a room it entered brings would overtake what it missed.
 */
export function answerPackets(socket: Socket, { app, caller, joined, scale, onFlood }: PacketsOptions): Packets {
  const tooManyUnknown = countWithin(MINUTE, UNKNOWN_MAX * scale)
  let last = joined
  let waiting = 0
  let resting = false

  socket.use((packet: unknown[]) => {
    const reply = typeof packet.at(-1) === 'function' ? (packet.pop() as (ack: Ack) => void) : () => undefined
    const [name, input] = packet
    if (waiting >= WAITING_MAX) return reply(refusalOf(TooFast({ retryAfterMs: 1000 })))
    waiting += 1
    last = last
      .then(() => (socket.connected && !resting ? answer(String(name), input, reply) : undefined))
      .catch((err: unknown) => app.logger.error({ err }, 'an ack could not be sent'))
      .finally(() => (waiting -= 1))
  })
  socket.on('error', err => app.logger.info({ why: err.message }, 'a frame could not be read'))

  async function answer(name: string, input: unknown, reply: (ack: Ack) => void) {
    const ack = await dispatch(app, caller, name, input)
    reply(ack)
    if (!ack.ok && ack.error.reason === NoSuchCommand.reason && tooManyUnknown()) onFlood()
  }

  return {
    rest() {
      resting = true
      return last
    },
  }
}
