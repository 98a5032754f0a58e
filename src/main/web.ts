import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { liveSession } from '../domains/sessions/policy.ts'
import { PresenceChanged } from '../domains/presence/events.ts'
import { aloofRoom } from '../domains/settings/rooms.ts'
import { createApi } from '../infra/http/api.ts'
import { keepBrowsersSafe } from '../infra/http/headers.ts'
import { serveInternal } from '../infra/http/internal.ts'
import { redisLeases } from '../infra/presence/leases.ts'
import { keepPresence } from '../infra/presence/node.ts'
import { openGateway } from '../infra/socket/gateway.ts'
import { send } from '../kernel/scope.ts'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { run } from './run.ts'

/** A web process: sockets and HTTP, no jobs. */
export async function startWeb(config: Config) {
  await using stack = new AsyncDisposableStack()
  const { app, ownLinks, metrics, redis, sub, keys, history, log, relay, checks } = stack.use(
    await buildApp(config, 'web'),
  )
  let draining = false
  const readiness = async () => ({ ...(await checks()), open: !draining })
  const internal = stack.use(
    await serveInternal(config.internal.port, config.internal.host, metrics.registry, readiness),
  )

  const { origins, trustedHops } = config.web
  const isReady = async () => Object.values(await checks()).every(Boolean)
  const api = createApi({
    app,
    mediaLinks: ownLinks,
    liveSession,
    origins,
    trustedHops,
    isReady,
    isDraining: () => draining,
  })
  const answer = api.callback()
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    maxHeaderSize: 8192,
    connectionsCheckingInterval: 2000,
  }
  const http = createServer(limits, (request, response) => void answer(request, response))
  http.maxHeadersCount = 100
  stack.defer(() => http.closeAllConnections())
  const { settle } = stack.use(
    keepPresence({
      leases: redisLeases(redis, config.redis.prefix),
      redis,
      graceMs: config.presenceGraceSeconds * 1000,
      logger: app.logger,
      announce: edge => send(app, PresenceChanged, edge, { id: edge.userId, sessionId: null }),
    }),
  )
  const gateway = stack.use(
    await openGateway({
      http,
      app,
      redis,
      sub,
      keys,
      history,
      liveSession,
      presence: { aloof: aloofRoom, settle },
      origins,
      trustedHops,
      limitScale: config.limitScale,
      sockets: config.sockets,
      observe: { packets: metrics.packets, ...metrics.sockets },
    }),
  )
  keepBrowsersSafe(http)
  metrics.gauge('kith_sockets', 'Sockets connected to this process.', gateway.sockets)
  metrics.gauge('kith_connections', 'Connections to this process, signed in or not.', gateway.connections)
  metrics.gauge('kith_joins_waiting', 'Sockets that wait for their turn to join.', gateway.waiting)
  const { gate } = gateway
  metrics.gauge('kith_log_applied', 'The position this process has let through.', gate.applied)
  metrics.gauge(
    'kith_log_lag',
    'How many positions this process has yet to let through.',
    async () => (await log.head()) - gate.applied(),
  )
  metrics.gauge('kith_ring_packets', 'Packets this process keeps in memory for resumes.', gate.ring.span)
  metrics.counter('kith_gate_events_total', 'Events this process has let through to its sockets.', gate.passed)

  await new Promise<void>((resolve, reject) =>
    http.once('error', reject).listen(config.web.port, config.web.host, resolve),
  )
  const { port } = http.address() as AddressInfo
  app.logger.info({ port, internalPort: internal.port }, 'web is up')
  const parts = stack.move()
  return {
    app,
    port,
    internalPort: internal.port,
    async drain(seconds: number) {
      draining = true
      await Promise.all([relay[Symbol.asyncDispose](), gateway.drain(seconds)])
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

if (import.meta.main) await run(startWeb)
