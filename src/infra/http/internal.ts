import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { within } from '../../kernel/within.ts'

/** What has not answered by then is not ready. */
const PATIENCE_MS = 2000

/** What a process answers on its internal port, which is never public: metrics, and what exactly is or is not ready. */
export async function serveInternal(
  port: number,
  host: string,
  registry: Registry,
  checks: () => Promise<Readonly<Record<string, boolean>>>,
): Promise<AsyncDisposable & { readonly port: number }> {
  const answers: Record<string, () => Promise<{ status: number; type: string; body: string }>> = {
    '/metrics': async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() }),
    '/health/live': () => Promise.resolve({ status: 200, type: 'application/json', body: '{"ok":true}' }),
    '/health/ready': async () => {
      const found = await checks()
      const ok = Object.values(found).every(Boolean)
      return { status: ok ? 200 : 503, type: 'application/json', body: JSON.stringify({ ok, ...found }) }
    },
  }
  const server = createServer((request, response) => {
    const answer = request.method === 'GET' ? answers[request.url ?? ''] : undefined
    if (!answer) {
      response.writeHead(404).end()
      return
    }
    within(PATIENCE_MS, answer()).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(503).end(),
    )
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
