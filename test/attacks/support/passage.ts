import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { portOf } from '../../../src/local/network.ts'

/** A way to a server that can be blocked and opened again, as when that server goes away and comes back. */
export interface Passage extends AsyncDisposable {
  /** The same address, by this way. */
  readonly url: string
  /** Cuts what is connected, and refuses what comes. */
  block(): void
  /** Keeps what is connected and lets nothing through, as a server that hangs. */
  freeze(): void
  open(): void
}

export async function openPassage(url: string): Promise<Passage> {
  const target = new URL(url)
  const pairs = new Set<readonly [Socket, Socket]>()
  let blocked = false
  let frozen = false
  const server = createServer(near => {
    if (blocked) {
      near.destroy()
      return
    }
    const far = connect(Number(target.port), target.hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', bytes => to.write(bytes))
      from.on('error', () => undefined)
      from.on('close', () => {
        pairs.delete(pair)
        to.destroy()
      })
      if (frozen) from.pause()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const way = new URL(url)
  way.hostname = '127.0.0.1'
  way.port = String(portOf(server))
  const each = (act: (socket: Socket) => unknown) => pairs.forEach(pair => pair.forEach(act))
  return {
    url: way.href,
    block() {
      blocked = true
      each(socket => socket.destroy())
    },
    freeze() {
      frozen = true
      each(socket => socket.pause())
    },
    open() {
      blocked = frozen = false
      each(socket => socket.resume())
    },
    async [Symbol.asyncDispose]() {
      each(socket => socket.destroy())
      server.close()
      await once(server, 'close')
    },
  }
}
