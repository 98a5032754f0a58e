import type { Socket } from 'socket.io'
import type { App } from '../../kernel/app.ts'
import { dispatch, refusalOf, type Ack, type Caller } from '../../kernel/dispatch.ts'
import { NoSuchCommand, TooFast } from '../../kernel/failure.ts'
import { dismiss } from './guard.ts'

/** Commands of one socket that may wait for those before them. */
const WAITING_MAX = 100
/** Commands of one socket that may be refused unread within a minute. */
const STRIKES_MAX = 1000
const UNREAD = [NoSuchCommand.reason, TooFast.reason]

/**
 * Answers every packet by dispatch. It sits before Socket.IO's own emitter and lets nothing through to it, so no event
 * name means anything there. The commands of one socket run one after another, in the order they were sent; those not
 * begun when it is gone are not performed. None begins before the socket has joined: until then its session is
 * unproved, and what a room it entered brings would overtake what it missed.
 */
export function answerPackets(app: App, socket: Socket, caller: Caller, joined: Promise<void>): void {
  const strike = countStrikes(() => dismiss(socket.conn))
  let last = joined
  let waiting = 0

  socket.use((packet: unknown[]) => {
    const reply = typeof packet.at(-1) === 'function' ? (packet.pop() as (ack: Ack) => void) : () => undefined
    const [name, input] = packet
    if (waiting >= WAITING_MAX) {
      strike()
      return reply(refusalOf(TooFast({ retryAfterMs: 1000 })))
    }
    waiting += 1
    last = last
      .then(() => (socket.connected ? answer(String(name), input, reply) : undefined))
      .catch((err: unknown) => app.logger.error({ err }, 'an ack could not be sent'))
      .finally(() => (waiting -= 1))
  })
  socket.on('error', err => app.logger.info({ why: err.message }, 'a frame could not be read'))

  async function answer(name: string, input: unknown, reply: (ack: Ack) => void) {
    const ack = await dispatch(app, caller, name, input)
    if (!ack.ok && UNREAD.includes(ack.error.reason)) strike()
    reply(ack)
  }
}

/** Calls `out` at each strike beyond what a minute may have. */
function countStrikes(out: () => void) {
  let count = 0
  let until = 0
  return () => {
    const now = performance.now()
    if (now > until) [count, until] = [0, now + 60_000]
    if ((count += 1) > STRIKES_MAX) out()
  }
}
