import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { inOneLine } from './files.ts'
import { LOOPBACK, portOf } from './network.ts'

export interface LocalServer {
  readonly url: string
  readonly port: number
  readonly stop: () => Promise<void>
}

export interface ServerOptions {
  /** Taken when it is free. */
  readonly port?: number | undefined
  /** The domain whose hosts this server stands in for, such as `googleapis.com`. */
  readonly standsInFor?: string
}

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void> | void

const LARGEST_TEXT = 1024 * 1024

/** Serves on loopback only, and only to requests that name this machine or the domain it stands in for. */
export async function serve(handler: Handler, { port = 0, standsInFor }: ServerOptions = {}): Promise<LocalServer> {
  const server = createServer((req, res) => {
    if (!isMeant(req.headers.host, standsInFor)) sendJson(res, 421, { error: 'Unknown host' })
    else void answer(handler, req, res)
  })
  server.listen(port, LOOPBACK)
  await once(server, 'listening').catch(async () => {
    server.listen(0, LOOPBACK)
    await once(server, 'listening')
  })
  return {
    url: `http://${LOOPBACK}:${portOf(server)}`,
    port: portOf(server),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** A page elsewhere may point its own name at this machine and read what is here; it cannot change the name it asks for. */
function isMeant(host: string | undefined, standsInFor: string | undefined): boolean {
  const name = host?.replace(/:\d+$/, '') ?? ''
  const local = [LOOPBACK, 'localhost', '[::1]'].includes(name)
  return local || (standsInFor !== undefined && name.endsWith(`.${standsInFor}`))
}

async function answer(handler: Handler, req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    await handler(req, res)
  } catch (error) {
    if (res.headersSent || req.destroyed) res.destroy()
    else sendJson(res, error instanceof RangeError ? 413 : 500, { error: inOneLine(error) })
  } finally {
    // Closing a connection that holds unread bytes would lose the answer on its way.
    req.resume()
  }
}

export function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const json = { 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' }
  res.writeHead(status, { ...json, ...headers }).end(JSON.stringify(body))
}

/** The pieces of a request body. Whoever stops reading may still answer: the connection stays open. */
export const bodyOf = (req: IncomingMessage): AsyncIterable<Buffer> => req.iterator({ destroyOnReturn: false })

/** The whole of a short request body as text. */
export async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of bodyOf(req)) {
    size += chunk.length
    if (size > LARGEST_TEXT) throw new RangeError('The request body is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The path and query of a request, the path exactly as it was sent. */
export function targetOf(req: IncomingMessage): { readonly path: string; readonly query: URLSearchParams } {
  const [path = '', query = ''] = (req.url ?? '').split('?', 2)
  return { path, query: new URLSearchParams(query) }
}
