import bodyParser from '@koa/bodyparser'
import cors from '@koa/cors'
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import type { App } from '../../kernel/app.ts'
import { asFailure, dispatch, refusalOf } from '../../kernel/dispatch.ts'
import { httpStatusOf, Invalid, Unauthenticated, Unavailable, type FailureWire } from '../../kernel/failure.ts'
import type { Actor, UserId } from '../../kernel/scope.ts'
import { template, type Template } from '../db/template.ts'
import type { LiveSession } from '../socket/admission.ts'
import type { KithLinks } from '../media/links.ts'
import { within } from '../../kernel/within.ts'
import { addressOf } from './address.ts'
import { serveMedia } from './media.ts'
import { isOwnPage, keepCookie, withCookie } from './cookie.ts'
import { NoSuchRoute, NotJson, NotReady, TooLarge, WrongMethod } from './failures.ts'

export interface ApiOptions {
  readonly app: App
  readonly liveSession: LiveSession
  /** The links by which this process serves media. */
  readonly mediaLinks: KithLinks
  readonly origins: readonly string[]
  readonly trustedHops: number
  /** Whether everything this process needs is there. */
  readonly isReady: () => Promise<boolean>
  /** Whether it is about to stop. */
  readonly isDraining: () => boolean
}

/** The failures HTTP has a status of its own for. */
const STATUS: Readonly<Record<string, number>> = {
  [WrongMethod.reason]: 405,
  [TooLarge.reason]: 413,
  [NotJson.reason]: 415,
  [NotReady.reason]: 503,
  [Unavailable.reason]: 503,
}
const statusOf = ({ code, reason }: Pick<FailureWire, 'code' | 'reason'>) => STATUS[reason] ?? httpStatusOf(code)

/** How long anything may take that is asked before a command or a health check is answered, and how old the answer of a check may be. */
const PATIENCE_MS = 2000
const CHECK_EVERY_MS = 500

/** The HTTP API: the commands that declare a route, by the same dispatch as on the socket, and two health checks. */
export function createApi({
  app,
  liveSession,
  mediaLinks,
  origins,
  trustedHops,
  isReady,
  isDraining,
}: ApiOptions): Koa {
  const ready = checkedNowAndThen(isReady)
  const sessionOf = template((actor, now) => liveSession(app.db, actor, now))
  const router = new Router()
  for (const command of app.commands.values()) {
    if (!command.http) continue
    router.post(command.http, async ctx => {
      const actor = await within(PATIENCE_MS, actorOf(app, sessionOf, ctx))
      const caller = { actor, address: addressOf(ctx.req, trustedHops) }
      const isPage = isOwnPage(ctx, command, origins)
      const body = ctx.request.body ?? {}
      const answer = await dispatch(app, caller, command.name, isPage ? withCookie(ctx, command, body) : body)
      const isSignedIn = async () => actor !== null && (await within(PATIENCE_MS, isLive(app, sessionOf, actor)))
      const ack = isPage ? await keepCookie(ctx, command, answer, isSignedIn) : answer
      ctx.status = ack.ok ? 200 : statusOf(ack.error)
      if (!ack.ok && ack.error.retryAfterMs) ctx.set('Retry-After', String(Math.ceil(ack.error.retryAfterMs / 1000)))
      ctx.body = ack
    })
  }
  router.get('/media/:mediaId/:file', serveMedia(app, mediaLinks))
  router.get('/health/live', ctx => {
    ctx.body = { ok: true }
  })
  router.get('/health/ready', async ctx => {
    if (isDraining() || !(await ready())) throw NotReady()
    ctx.body = { ok: true }
  })

  const koa = new Koa()
  koa.silent = true // every error is answered and logged below
  koa.use(answerErrors(app))
  koa.use(cors({ origin: ctx => (origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''), maxAge: 600 }))
  koa.use(refuseOtherBodies)
  koa.use(bodyParser({ enableTypes: ['json'], jsonLimit: '64kb', onError: refuseBody }))
  koa.use(router.routes())
  koa.use(refuseOtherMethods(router))
  return koa
}

/** Every error leaves as a failure in the same form as a socket's ack. */
const answerErrors = (app: App) => async (ctx: Context, next: () => Promise<unknown>) => {
  const { url = '' } = ctx.req
  try {
    if (!URL.canParse(url, 'http://kith')) throw NoSuchRoute()
    await next()
  } catch (error) {
    const known = asFailure(app, error, { at: 'http', path: url.replace(/\?.*$/s, '').slice(0, 200) })
    ctx.status = statusOf(known)
    ctx.body = refusalOf(known)
    if (!ctx.req.complete) ctx.set('Connection', 'close') // the rest of the body is not worth reading
  }
}

/** A body that is not JSON is refused before it is read. */
const refuseOtherBodies: Koa.Middleware = (ctx, next) => {
  if (ctx.request.length !== 0 && ctx.is('json') === false) throw NotJson()
  return next()
}

function refuseBody(error: Error & { readonly status?: number }): never {
  if (error.status === 413) throw TooLarge({}, { cause: error })
  if (error.status === 415) throw NotJson({}, { cause: error })
  throw Invalid({ fields: { body: 'must be a JSON object' } }, { cause: error })
}

/** Tells what a path is there for, when it is not there for this. */
const refuseOtherMethods = (router: Router): Koa.Middleware => {
  return ctx => {
    const methods = router.match(ctx.path, ctx.method).path.flatMap(({ methods }) => methods)
    if (methods.length === 0) throw NoSuchRoute()
    ctx.set('Allow', methods.join(', '))
    throw WrongMethod()
  }
}

/** A check that strangers may ask for as often as they like: it is made now and then, and a silent one has failed. */
function checkedNowAndThen(check: () => Promise<boolean>): () => Promise<boolean> {
  let last = Promise.resolve(false)
  let madeAt = -Infinity
  return () => {
    const now = performance.now()
    if (now - madeAt < CHECK_EVERY_MS) return last
    madeAt = now
    return (last = within(PATIENCE_MS, check()).catch(() => false))
  }
}

/** Who a request speaks for: nobody without a token; a token that is not good, or whose session is over, is refused. */
async function actorOf(app: App, sessionOf: Template, ctx: Context): Promise<Actor | null> {
  const header = ctx.get('Authorization')
  if (!header) return null
  const claims = await app.ports.tokens.verify(/^Bearer (\S+)$/.exec(header)?.[1])
  if (!claims) throw Unauthenticated()
  const actor = { id: claims.userId as UserId, sessionId: claims.sessionId, epoch: claims.epoch }
  if (!(await isLive(app, sessionOf, actor))) throw Unauthenticated()
  return actor
}

/** Whether the session of an actor still is. */
async function isLive(app: App, sessionOf: Template, actor: Actor): Promise<boolean> {
  const { asked } = await app.glance({ person: actor.id, request: null, ask: sessionOf(actor, app.clock()) })
  return Boolean(asked)
}
