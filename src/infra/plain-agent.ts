import https from 'node:https'
import net from 'node:net'

/**
 * An agent for `https:` requests that speaks plain TCP to one address, whatever host is asked for: it leads a
 * library that insists on its maker's server to a local stand-in. Never for a server beyond this machine.
 */
export function plainAgent(endpoint: string): https.Agent {
  const { hostname, port } = new URL(endpoint)
  return new PlainAgent(Number(port), hostname)
}

class PlainAgent extends https.Agent {
  readonly #port: number
  readonly #host: string

  constructor(port: number, host: string) {
    super({ keepAlive: true, maxSockets: 50 })
    this.#port = port
    this.#host = host
  }

  override createConnection() {
    return net.connect(this.#port, this.#host)
  }
}
