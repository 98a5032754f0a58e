import { io, type Socket } from 'socket.io-client'
import type { CommandName, FailedAck, OkAck, Repeatable } from '../../client/index.ts'
import type { Person } from './person.ts'

/** A bare socket of a person: it sends a command once and answers what the server said, where the client would try again. */
export interface Once extends Disposable {
  send<N extends CommandName>(name: N, input: Repeatable<N>): Promise<OkAck | FailedAck>
}

export async function once({ client }: Person, url: string): Promise<Once> {
  const token = await client.auth.accessToken()
  const socket: Socket = io(url, { auth: { token }, transports: ['websocket'], reconnection: false, forceNew: true })
  await new Promise<void>((resolve, reject) => socket.once('log:ready', () => resolve()).once('connect_error', reject))
  return {
    send: (name, input) => socket.timeout(10_000).emitWithAck(name, input) as Promise<OkAck | FailedAck>,
    [Symbol.dispose]: () => void socket.disconnect(),
  }
}
