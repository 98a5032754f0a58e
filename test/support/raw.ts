import WebSocket from 'ws'
import type { Ready } from '../../client/index.ts'
import type { FailedAck, OkAck } from '../../client/index.ts'

/**
 * One Socket.IO connection with nothing around it: it does not come back, repeat or queue, and is so small that
 * thousands fit in a process. What harnesses and benches count, they count here.
 */
export interface RawSocket {
  /** The answer to the handshake; rejects when the connection is refused or lost before. */
  readonly ready: Promise<Ready>
  /** Resolves when the connection is over, with the close code. */
  readonly closed: Promise<number>
  /** Sends a command once; null when the connection is lost before the answer. */
  ask(name: string, input: object): Promise<OkAck | FailedAck | null>
  /** Stops and goes on reading what comes. */
  pause(): void
  resume(): void
  /** Is gone without a word. */
  vanish(): void
}

export interface RawOptions {
  readonly url: string
  readonly auth: { readonly token: string; readonly cursor?: string; readonly rooms?: readonly object[] }
  /** Hears every event and signal: its name and arguments. */
  readonly onEvent?: (name: string, args: readonly unknown[]) => void
  /** Hears the bare text of every event instead, for who counts so many that parsing would cost more than the server. */
  readonly onText?: (text: string) => void
}

const PATH = '/socket.io/?EIO=4&transport=websocket'

export function openRaw({ url, auth, onEvent, onText }: RawOptions): RawSocket {
  const ws = new WebSocket(url.replace('http', 'ws') + PATH, { perMessageDeflate: false })
  const ready = Promise.withResolvers<Ready>()
  const closed = Promise.withResolvers<number>()
  const asked = new Map<number, (ack: OkAck | FailedAck | null) => void>()
  let last = 0

  function hear(text: string) {
    const [name, ...args] = JSON.parse(text) as [string, ...unknown[]]
    if (name === 'log:ready') ready.resolve(args[0] as Ready)
    onEvent?.(name, args)
  }

  function answered(text: string) {
    const start = text.indexOf('[')
    const id = Number(text.slice(0, start))
    asked.get(id)?.((JSON.parse(text.slice(start)) as [OkAck | FailedAck])[0])
    asked.delete(id)
  }

  ws.on('message', (data: Buffer) => {
    const text = data.toString()
    if (text.startsWith('42') && onText && !text.startsWith('42["log:ready')) onText(text)
    else if (text.startsWith('42')) hear(text.slice(2))
    else if (text.startsWith('43')) answered(text.slice(2))
    else if (text === '2') ws.send('3')
    else if (text.startsWith('0')) ws.send(`40${JSON.stringify(auth)}`)
    else if (text.startsWith('44')) ready.reject(new Error(`Refused: ${text.slice(2)}`))
  })
  ws.on('error', () => undefined) // a close follows
  ws.on('close', code => {
    closed.resolve(code)
    ready.reject(new Error(`Closed with ${code} before it was ready`))
    for (const answer of asked.values()) answer(null)
    asked.clear()
  })
  ready.promise.catch(() => undefined) // who does not ask does not want to know

  return {
    ready: ready.promise,
    closed: closed.promise,
    ask(name, input) {
      if (ws.readyState !== WebSocket.OPEN) return Promise.resolve(null)
      const id = (last += 1)
      const { promise, resolve } = Promise.withResolvers<OkAck | FailedAck | null>()
      asked.set(id, resolve)
      ws.send(`42${id}${JSON.stringify([name, input])}`)
      return promise
    },
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    vanish: () => ws.terminate(),
  }
}
