import { connect } from 'node:net'
import WebSocket from 'ws'
import type { Ack } from '../../../src/kernel/dispatch.ts'
import type { Person } from '../../support/person.ts'

/** A WebSocket spoken by hand: every frame as it is on the wire, and nothing answered by itself but pings. */
export interface Wire {
  /** Every text frame received, in order. */
  readonly frames: readonly string[]
  /** Whether it is still open. */
  readonly open: boolean
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  /** Sends a frame; resolves when it is written, or cannot be any more. */
  send(frame: string | Buffer): Promise<void>
  /** Sends a ping of the WebSocket, as large as one may be. */
  ping(): Promise<void>
  /** The first frame that begins so, of those received and those to come; null when the connection closes first. */
  frame(start: string): Promise<string | null>
  /** So many of the frames that begin so, or fewer when the connection closes first. */
  several(start: string, count: number): Promise<readonly string[]>
  /** Sends a command with its input as JSON text, and answers its ack; null when the connection closes first. */
  ask(name: string, json?: string): Promise<Ack | null>
  /** Reads no more of what comes. */
  deafen(): void
  /** Is gone without a word. */
  vanish(): void
}

const PATH = '/socket.io/?EIO=4&transport=websocket'

/** Opens a WebSocket and reads the greeting, without saying who one is. */
export async function openWire(url: string, headers: Record<string, string> = {}, path = PATH): Promise<Wire> {
  const ws = new WebSocket(url.replace('http', 'ws') + path, { headers, perMessageDeflate: false })
  const frames: string[] = []
  const hearing = new Set<() => void>()
  const tell = () => hearing.forEach(hear => hear())
  const closed = new Promise<number>(resolve => ws.once('close', resolve))
  void closed.then(tell)
  ws.on('error', () => undefined) // a close follows
  ws.on('message', (data: Buffer) => {
    const frame = data.toString()
    if (frame === '2') return ws.send('3')
    frames.push(frame)
    tell()
  })
  let asked = 0

  const wire: Wire = {
    frames,
    closed,
    get open() {
      return ws.readyState === WebSocket.OPEN
    },
    send: frame => new Promise(resolve => ws.send(frame, () => resolve())),
    ping: () => new Promise(resolve => ws.ping(Buffer.alloc(125), true, () => resolve())),
    frame: async start => (await wire.several(start, 1))[0] ?? null,
    async several(start, count) {
      for (;;) {
        const found = frames.filter(frame => frame.startsWith(start))
        if (found.length >= count || ws.readyState === WebSocket.CLOSED) return found
        const heard = Promise.withResolvers<void>()
        hearing.add(heard.resolve)
        await heard.promise
        hearing.delete(heard.resolve)
      }
    },
    async ask(name, json = '') {
      const id = (asked += 1)
      void wire.send(`42${id}["${name}"${json && `,${json}`}]`)
      const answer = await wire.frame(`43${id}[`)
      return answer === null ? null : ((JSON.parse(answer.slice(`43${id}`.length)) as [Ack])[0] ?? null)
    },
    deafen: () => ws.pause(),
    vanish: () => ws.terminate(),
  }
  const refused = new Promise<never>((_resolve, reject) => {
    ws.once('unexpected-response', (_request, response) => {
      reject(new Refused(response.statusCode ?? 0))
      ws.terminate()
    })
    void closed.then(() => reject(new Refused(0)))
  })
  await Promise.race([wire.frame('0'), refused])
  return wire
}

/** The server did not let a WebSocket come to be. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`Refused with ${status}`)
    this.status = status
  }
}

/** Opens a WebSocket and signs in on it. */
export async function signedWire(url: string, token: string | null, headers?: Record<string, string>): Promise<Wire> {
  const wire = await openWire(url, headers)
  await wire.send(`40${JSON.stringify({ token })}`)
  if (!(await wire.frame('40{'))) throw new Error('The server closed the connection')
  return wire
}

export const tokenOf = async ({ client }: Person): Promise<string> => (await client.auth.accessToken()) ?? ''

/** Writes bytes to a port, closes its side unless `open`, and answers all that comes back until the server closes. */
export async function rawRequest(url: string, bytes: string | Buffer, { open = false } = {}): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const parts: Buffer[] = []
  socket.on('data', part => parts.push(part))
  socket.on('error', () => undefined) // a reset is an answer too
  if (open) socket.write(bytes)
  else socket.end(bytes)
  await new Promise(resolve => socket.once('close', resolve))
  return Buffer.concat(parts).toString('latin1')
}
