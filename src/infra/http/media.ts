import type { RouterMiddleware } from '@koa/router'
import type { Context } from 'koa'
import type { App } from '../../kernel/app.ts'
import { FILE_NAME, FILE_TYPES, folderOf, type Blobs, type ByteRange } from '../../kernel/media.ts'
import type { KithLinks } from '../media/links.ts'
import { NoSuchRoute } from './failures.ts'

const IDLE_MS = 60_000
/** How long one answer may take: who reads more slowly asks for the rest by its range. */
const SERVED_MS = 300_000
/** What a browser may do with it where somebody opens it as a page: nothing. */
const POLICY = "sandbox; default-src 'none'"
const SHOWN: readonly string[] = FILE_TYPES

/** Gives a rendition to whoever has a link to it, and to nobody else; what is not there looks like what may not be read. */
export function serveMedia({ ports, clock }: App, links: KithLinks): RouterMiddleware {
  return async ctx => {
    const { mediaId = '', file = '' } = ctx.params as Partial<Record<'mediaId' | 'file', string>>
    const now = clock()
    const end = links.verify(mediaId, ctx.query, now)
    if (end === null || !FILE_NAME.test(file)) throw NoSuchRoute()
    ctx.set('ETag', `"${mediaId}/${file}"`) // a rendition never changes
    ctx.status = 200
    if (ctx.fresh) ctx.status = 304
    else await give(ctx, ports.blobs, folderOf(mediaId) + file)
    // Said of what went well: what is not there, or cannot be read at the moment, is not to be kept.
    ctx.set({
      'Accept-Ranges': 'bytes',
      // Every browser for itself: a cache in between might outlive the right.
      'Cache-Control': `private, max-age=${end - Math.ceil(now.getTime() / 1000)}, immutable`,
      'Content-Security-Policy': POLICY,
      'Cross-Origin-Resource-Policy': 'cross-origin', // the link is the right, whoever shows it
      'Access-Control-Allow-Origin': '*',
    })
  }
}

/** Answers with an object, or with the part of it that is asked for. */
async function give(ctx: Context, blobs: Blobs, key: string): Promise<void> {
  const range = rangeOf(ctx.get('Range'), ctx.get('If-Range'), ctx.response.get('ETag'))
  const found = await blobs.serve(key, range)
  if (!found) throw NoSuchRoute()
  const { body, contentType, bytes } = found
  ctx.set('Content-Disposition', SHOWN.includes(contentType) ? 'inline' : 'attachment')
  ctx.type = contentType
  const last = Math.min(range?.last ?? bytes - 1, bytes - 1)
  if (range) {
    ctx.status = 206
    ctx.set('Content-Range', `bytes ${range.first}-${last}/${bytes}`)
  }
  ctx.length = last - (range?.first ?? 0) + 1
  ctx.req.setTimeout(IDLE_MS) // whoever stops reading gives up the connection
  const late = setTimeout(() => ctx.res.destroy(), SERVED_MS)
  ctx.res.once('close', () => clearTimeout(late))
  if (ctx.method === 'HEAD') body.destroy()
  else ctx.body = body
}

/** The one part that is asked for, from somewhere to somewhere or to the end; any other wish is answered with the whole. */
function rangeOf(asked: string, ifRange: string, tag: string): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d{1,12})-(\d{0,12})$/.exec(asked) ?? []
  if (first === undefined || (ifRange !== '' && ifRange !== tag)) return undefined
  if (last === undefined || last === '') return { first: Number(first) }
  return Number(last) < Number(first) ? undefined : { first: Number(first), last: Number(last) }
}
