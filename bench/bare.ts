/**
 * What Kith is measured against: Socket.IO with its Redis adapter, one insert where a line asks for it, and a token
 * checked once. It has no log, no limits and no policy, and loses what Redis loses.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import pg from 'pg'
import { Server } from 'socket.io'
import { accessTokens } from '../src/infra/tokens.ts'
import type { Config } from '../src/main/config.ts'
import { run } from '../src/main/run.ts'

export interface Order {
  readonly room: string
  readonly text: string
  readonly times?: number
}

interface PostRow {
  readonly id: string
  readonly created_at: Date
}

async function startBare({ keys, accessTokenSeconds, database, redis, web }: Config) {
  const tokens = accessTokens({ ...keys.access, issuer: 'kith', audience: 'kith', ttlSeconds: accessTokenSeconds })
  const pool = new pg.Pool({ connectionString: database.url, max: database.pool })
  const [pub, sub] = [new Redis(redis.url), new Redis(redis.url)]
  const http = createServer()
  const io = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false })
  io.adapter(createAdapter(pub, sub, { key: 'bare' }))

  io.use((socket, next) => {
    const { token } = socket.handshake.auth as { token: string }
    tokens.verify(token).then(claims => {
      socket.data = { userId: claims?.userId }
      next(claims ? undefined : new Error('unauthenticated'))
    }, next)
  })
  io.on('connection', async socket => {
    const { userId } = socket.data as { userId: string }
    const { rooms = [] } = socket.handshake.auth as { rooms?: string[] }
    const say = (room: string, event: object) => io.to(room).emit('post:created', event, 123_456)

    socket.on('emit', ({ room, text, times = 1 }: Order, ack: (answer: object) => void) => {
      for (let i = 0; i < times; i += 1) say(room, postOf(userId, text, { id: randomUUID(), created_at: new Date() }))
      ack({ ok: true })
    })
    socket.on('insert', async ({ text }: Order, ack: (answer: object) => void) => {
      ack({ ok: true, data: postOf(userId, text, await insert(pool, userId, text)) })
    })
    socket.on('insert:emit', async ({ room, text }: Order, ack: (answer: object) => void) => {
      const post = postOf(userId, text, await insert(pool, userId, text))
      say(room, post)
      ack({ ok: true, data: post })
    })
    socket.handshake.auth = {}
    await socket.join(rooms)
    socket.emit('log:ready', {})
  })

  await new Promise<void>(resolve => http.listen(web.port, web.host, resolve))
  return {
    port: (http.address() as AddressInfo).port,
    internalPort: 0,
    drain: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      await io.close()
      pub.disconnect()
      sub.disconnect()
      await pool.end()
    },
  }
}

async function insert(pool: pg.Pool, author: string, text: string): Promise<PostRow> {
  const { rows } = await pool.query<PostRow>(
    `insert into posts (author_id, text, visibility) values ($1, $2, 'friends') returning *`,
    [author, text],
  )
  return rows[0] as PostRow
}

/** The same bytes as Kith's event. */
const postOf = (authorId: string, text: string, { id, created_at }: PostRow) => ({
  id,
  authorId,
  text,
  visibility: 'friends',
  media: [],
  commentCount: 0,
  version: 1,
  createdAt: created_at.toISOString(),
})

await run(startBare)
