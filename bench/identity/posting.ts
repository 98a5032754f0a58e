import { Agent, request } from 'node:http'
import type { FailedAck, OkAck } from '../../src/kernel/dispatch.ts'
import type { FailureWire } from '../../src/kernel/failure.ts'

export interface Posting extends Disposable {
  /** Posts to the HTTP API; throws when it is refused, unless that is what is wanted. */
  post<T>(path: string, body: object): Promise<T>
  /** The refusal; throws when it is none. */
  refusal(path: string, body: object): Promise<FailureWire>
}

/** Connections that stay open, as a proxy keeps them. */
export function openPosting(url: string, connections: number): Posting {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  function send<T>(path: string, body: object): Promise<OkAck<T> | FailedAck> {
    const text = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, url), { method: 'POST', agent, headers }, response => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('end', () => resolve(JSON.parse(Buffer.concat(pieces).toString()) as OkAck<T> | FailedAck))
        response.on('error', reject)
      })
      outgoing.on('error', reject)
      outgoing.end(text)
    })
  }

  return {
    async post<T>(path: string, body: object) {
      const ack = await send<T>(path, body)
      if (!ack.ok) throw new Error(`${path} was refused: ${ack.error.code}/${ack.error.reason}`)
      return ack.data
    },
    async refusal(path, body) {
      const ack = await send(path, body)
      if (ack.ok) throw new Error(`${path} was not refused`)
      return ack.error
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}

/** Does `act` with each of `items`, so many at a time; answers how many a second. */
export async function perSecond<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<unknown>) {
  const waiting = items.values()
  const begun = performance.now()
  const doOthers = async () => {
    for (const item of waiting) await act(item)
  }
  await Promise.all(Array.from({ length: atOnce }, doOthers))
  return items.length / ((performance.now() - begun) / 1000)
}
