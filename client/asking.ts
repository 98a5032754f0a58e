import type { Socket } from 'socket.io-client'
import type { AckMeta, CommandName, Data, FailedAck, Input, OkAck } from './contract.ts'
import { KithFailure } from './failure.ts'
import { createPace } from './pace.ts'

const ANSWER_MS = 8000
const ATTEMPTS = 5
const RETRY_MS = 500

/** An input with an id of its own, for who wants to send the same thing again in a later run. */
export type Repeatable<N extends CommandName> = Input<N> & { readonly clientId?: string }

type Ack = OkAck | FailedAck

export interface Asking {
  /** Sends a command until it is answered, a few times. */
  ask<N extends CommandName>(name: N, input: Repeatable<N>): Promise<{ data: Data<N>; meta: AckMeta }>
  /** Sends once; null when the connection was lost before the answer came. */
  send(name: string, input: object): Promise<Ack | null>
  /** What waits for an answer waits no longer: who connects next may be somebody else. */
  giveUp(reason: string): void
}

/** Commands over one socket, which may come and go as long as it is wanted; `onAnswer` is called for each answer. */
export function createAsking(socket: Socket, onAnswer: () => void, isWanted: () => boolean): Asking {
  const pace = createPace()
  let session = new AbortController()

  async function send(name: string, input: object): Promise<Ack | null> {
    const lost = Promise.withResolvers<null>()
    // An answer that came in one piece with the loss comes first.
    const lose = () => setTimeout(lost.resolve, 0, null)
    socket.once('disconnect', lose)
    try {
      const answer = socket.timeout(ANSWER_MS).emitWithAck(name, input) as Promise<Ack>
      const ack = await Promise.race([answer.catch(() => null), lost.promise])
      if (ack) onAnswer()
      return ack
    } finally {
      socket.off('disconnect', lose)
    }
  }

  async function connected(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (socket.connected) return
    if (!isWanted()) throw new Error('There is no connection: call connect() first')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop)
    socket.once('connect', resolve)
    await promise.finally(() => {
      signal.removeEventListener('abort', stop)
      socket.off('connect', resolve)
    })
  }

  return {
    send,
    async ask<N extends CommandName>(name: N, input: Repeatable<N>) {
      // The same id each time it is sent: the server does it once and answers the same.
      const request = { clientId: crypto.randomUUID(), ...input }
      const { signal } = session
      for (let attempt = 1; ; attempt++) {
        await connected(signal)
        await pace()
        signal.throwIfAborted()
        const ack = await send(name, request)
        if (ack?.ok) return { data: ack.data as Data<N>, meta: ack.meta }
        const failure = ack && new KithFailure(ack.error)
        const again = failure === null || failure.code === 'internal'
        if (!again || attempt === ATTEMPTS) throw failure ?? new Error(`${name}: no answer`)
        if (failure) await new Promise(resolve => setTimeout(resolve, RETRY_MS * attempt))
      }
    },
    giveUp(reason) {
      session.abort(new Error(`The session is over: ${reason}`))
      session = new AbortController()
    },
  }
}
