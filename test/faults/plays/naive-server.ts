/** One process of the control server: see `naive.ts`. It speaks as much of the protocol as the harness needs. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import pg from 'pg'
import { Server } from 'socket.io'
import { accessTokens } from '../../../src/infra/tokens.ts'
import { readConfig } from '../../../src/main/config.ts'

interface Effect {
  readonly room: string
  readonly name: string
  readonly payload: object
}
type Input = Readonly<Record<string, string>>

const config = readConfig()
const tokens = accessTokens({ ...config.keys.access, issuer: 'kith', audience: 'kith', ttlSeconds: 3600 })
const db = new pg.Pool({ connectionString: process.env.DATABASE_OWNER_URL, max: 10, connectionTimeoutMillis: 3000 })
db.on('error', () => undefined)
const pub = new Redis(config.redis.url)
const sub = pub.duplicate()
for (const redis of [pub, sub]) redis.on('error', () => undefined)
process.on('unhandledRejection', () => undefined) // the adapter drops the promises of what it publishes

const http = createServer()
const io = new Server(http, { transports: ['websocket'], adapter: createAdapter(pub, sub) })

/** Does it once, and answers what is to be told of it. */
async function commit(command: string, caller: string, input: Input): Promise<Effect[]> {
  const { userId, visibility, text = '', postId, bio = '' } = input
  const pair = [caller, userId ?? ''].toSorted((a, b) => (a < b ? -1 : 1))
  if (command === 'profile:update')
    return [{ room: `user:${caller}`, name: 'profile:updated', payload: { userId: caller, bio } }]
  if (command === 'post:create') {
    const id = randomUUID()
    const { rowCount } = await db.query(
      `insert into posts (id, author_id, text, visibility)
       select $1, $2, $3, $4 where not exists (select from posts where author_id = $2 and text = $3)`,
      [id, caller, text, visibility],
    )
    const room = visibility === 'private' ? `user:${caller}` : `friends:${caller}`
    return rowCount === 0 ? [] : [{ room, name: 'post:created', payload: { id, text } }]
  }
  if (command === 'comment:create') {
    const { rowCount } = await db.query(
      `insert into comments (post_id, author_id, text)
       select $1, $2, $3 where not exists (select from comments where author_id = $2 and text = $3)`,
      [postId, caller, text],
    )
    return rowCount === 0 ? [] : [{ room: `post:${postId}`, name: 'comment:created', payload: { text } }]
  }
  if (command === 'friend:request')
    await db.query(
      `insert into friendships (user_a, user_b, requested_by) values ($1, $2, $3) on conflict do nothing`,
      [...pair, caller],
    )
  if (command === 'friend:accept') {
    await db.query(
      `update friendships set status = 'accepted', accepted_at = now() where user_a = $1 and user_b = $2`,
      pair,
    )
    io.in(`user:${caller}`).socketsJoin(`friends:${userId}`)
  }
  if (command === 'friend:remove' || command === 'block:create') {
    await db.query(`delete from friendships where user_a = $1 and user_b = $2`, pair)
    io.in(`user:${userId}`).socketsLeave(`friends:${caller}`)
    const { rows } = await db.query<{ id: string }>(
      `select id from posts where author_id = $1 and text = 'Say something'`,
      [caller],
    )
    io.in(`user:${userId}`).socketsLeave(rows.map(({ id }) => `post:${id}`))
  }
  return []
}

io.on('connection', async socket => {
  const { token, rooms = [] } = socket.handshake.auth as { token: string; rooms?: { id: string }[] }
  const claims = await tokens.verify(token)
  if (!claims) {
    socket.disconnect(true)
    return
  }
  const caller = claims.userId
  const answer = async (command: string, input: Input, reply: (ack: object) => void) => {
    try {
      const effects = await commit(command, caller, input)
      for (const { room, name, payload } of effects) io.to(room).emit(name, payload, 0)
      reply({ ok: true, data: effects[0]?.payload ?? {}, meta: { requestId: '' } })
    } catch {
      reply({
        ok: false,
        error: { code: 'internal', reason: 'broken', message: '', retry: true },
        meta: { requestId: '' },
      })
    }
  }
  socket.onAny((command: string, input: Input, reply: (ack: object) => void) => void answer(command, input, reply))
  const { rows } = await db
    .query<{ friend: string }>(
      `select case when user_a = $1 then user_b else user_a end as friend from friendships
       where status = 'accepted' and (user_a = $1 or user_b = $1)`,
      [caller],
    )
    .catch(() => ({ rows: [] }))
  const friends = rows.map(({ friend }) => friend)
  const { rows: open } = await db
    .query<{ id: string }>(`select id from posts where id = any($1) and author_id = any($2)`, [
      rooms.map(({ id }) => id),
      friends,
    ])
    .catch(() => ({ rows: [] }))
  await socket.join([
    `user:${caller}`,
    `friends:${caller}`,
    ...friends.map(id => `friends:${id}`),
    ...open.map(({ id }) => `post:${id}`),
  ])
  socket.emit('log:ready', { recovered: true, reason: 'resumed', cursor: '' })
})

await new Promise<void>(resolve => http.listen(config.web.port, '127.0.0.1', resolve))
process.send?.({ port: (http.address() as AddressInfo).port, internalPort: 0 })
process.on('disconnect', () => process.exit(0))
