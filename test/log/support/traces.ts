import { Redis } from 'ioredis'
import type { World } from '../../support/world.ts'

/** Where in the log this text can still be read: tables, and keys of this world in Redis. */
export async function tracesOf(world: World, text: string): Promise<string[]> {
  return [...(await inTables(world, text)), ...(await inRedis(world, text))]
}

async function inTables({ db }: World, text: string): Promise<string[]> {
  const found = await Promise.all(
    ['outbox', 'event_log'].map(async table => {
      const rows = (await db.raw(`select row.* from ?? as row where row::text like ?`, [table, `%${text}%`])) as {
        rows: { pos?: string; name: string }[]
      }
      return rows.rows.map(({ pos, name }) => `${table} ${pos ?? ''} ${name}`)
    }),
  )
  return found.flat()
}

async function inRedis({ config }: World, text: string): Promise<string[]> {
  const redis = new Redis(config.redis.url)
  const found: string[] = []
  for await (const keys of redis.scanStream({ match: `*${config.redis.prefix}*` }))
    for (const key of keys as string[]) if ((await contentOf(redis, key)).includes(text)) found.push(`redis ${key}`)
  redis.disconnect()
  return found
}

/** All that can be read under a key, as text. */
async function contentOf(redis: Redis, key: string): Promise<string> {
  const read: Record<string, () => Promise<unknown>> = {
    string: () => redis.get(key),
    hash: () => redis.hgetall(key),
    list: () => redis.lrange(key, 0, -1),
    set: () => redis.smembers(key),
    zset: () => redis.zrange(key, 0, -1),
    stream: () => redis.xrange(key, '-', '+'),
  }
  return JSON.stringify((await read[await redis.type(key)]?.()) ?? null)
}
