import bodyParser from '@koa/bodyparser'
import cors from '@koa/cors'
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import helmet from 'koa-helmet'
import type { App } from '../../kernel/app.ts'
import { asFailure, dispatch } from '../../kernel/dispatch.ts'
import { failure, httpStatusOf, Invalid, Unauthenticated } from '../../kernel/failure.ts'
import { inScope, type Actor, type UserCtx, type UserId } from '../../kernel/scope.ts'
import type { IsLive } from '../socket/admission.ts'
import { addressOf } from './address.ts'

export interface ApiOptions {
  readonly app: App
  readonly isLive: IsLive
  readonly origins: readonly string[]
  readonly trustedHops: number
  /** Whether everything this process needs is there. */
  readonly isReady: () => Promise<boolean>
}

export const NoSuchRoute = failure('not_found', 'route', 'There is nothing here')
export const NotReady = failure('internal', 'not_ready', 'Not ready')

/** The HTTP API: the commands that declare a route, by the same dispatch as on the socket, and two health checks. */
export function createApi({ app, isLive, origins, trustedHops, isReady }: ApiOptions): Koa {
  const router = new Router()
  for (const command of app.commands.values()) {
    if (!command.http) continue
    router[command.http.method](command.http.path, async ctx => {
      const actor = await actorOf(app, isLive, ctx)
      const input: unknown = command.http?.method === 'get' ? { ...ctx.query } : (ctx.request.body ?? {})
      const ack = await dispatch(app, { actor, address: addressOf(ctx.req, trustedHops) }, command.name, input)
      ctx.status = ack.ok ? 200 : httpStatusOf(ack.error.code)
      if (!ack.ok && ack.error.retryAfterMs) ctx.set('Retry-After', String(Math.ceil(ack.error.retryAfterMs / 1000)))
      ctx.body = ack
    })
  }
  router.get('/health/live', ctx => {
    ctx.body = { ok: true }
  })
  router.get('/health/ready', async ctx => {
    if (!(await isReady())) throw NotReady()
    ctx.body = { ok: true }
  })

  const koa = new Koa()
  koa.silent = true // every error is answered and logged below
  koa.use(answerErrors(app))
  koa.use(
    helmet({
      contentSecurityPolicy: {
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
      },
    }),
  )
  koa.use(cors({ origin: ctx => (origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''), maxAge: 600 }))
  koa.use(bodyParser({ enableTypes: ['json'], jsonLimit: '64kb', onError: refuseBody }))
  koa.use(router.routes())
  return koa
}

/** Every error leaves as a failure in the same form as a socket's ack. */
const answerErrors = (app: App) => async (ctx: Context, next: () => Promise<unknown>) => {
  ctx.set('Cache-Control', 'no-store')
  try {
    await next()
    if (ctx.status === 404 && ctx.body === undefined) throw NoSuchRoute()
  } catch (error) {
    const known = asFailure(app, error, { at: 'http', path: ctx.path.slice(0, 200) })
    ctx.status = known.reason === NotReady.reason ? 503 : httpStatusOf(known.code)
    ctx.body = { ok: false, error: known.toWire() }
  }
}

function refuseBody(): never {
  throw Invalid({ fields: { body: 'must be a JSON object of at most 64 KiB' } })
}

/** Who a request speaks for: nobody without a token; a token that is not good, or whose session is over, is refused. */
async function actorOf(app: App, isLive: IsLive, ctx: Context): Promise<Actor | null> {
  const header = ctx.get('Authorization')
  if (!header) return null
  const claims = await app.ports.tokens.verify(/^Bearer (\S+)$/.exec(header)?.[1])
  if (!claims) throw Unauthenticated()
  const actor = { id: claims.userId as UserId, sessionId: claims.sessionId }
  const live = await inScope(app, { actor, readOnly: true }, scope => isLive(scope as UserCtx))
  if (!live) throw Unauthenticated()
  return actor
}
