import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A wire between a client and a server, which a test can silence and cut. */
export interface Wire extends AsyncDisposable {
  readonly url: string
  /** From now on nothing the server says arrives. */
  silence(): void
  /** Cuts every connection; new ones are whole. */
  cut(): void
}

export async function wireTo(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target)
  const ends = new Set<Socket>()
  let silent = false
  const server = createServer(near => {
    const far = connect(Number(port), hostname)
    near.on('data', chunk => far.write(chunk))
    far.on('data', chunk => !silent && near.write(chunk))
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end)
      end.on('error', () => undefined)
      end.on('close', () => {
        ends.delete(end)
        other.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    silent = false
    for (const end of ends) end.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    silence: () => void (silent = true),
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
