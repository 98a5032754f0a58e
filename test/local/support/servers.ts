import type { ExecutionContext } from 'ava'
import { homedir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { Redis } from 'ioredis'
import { startPostgres, type LocalPostgres } from '../../../src/local/postgres.ts'
import { startRedis, type LocalRedis } from '../../../src/local/redis.ts'

/** Where a test finds Redis: as a start of Kith does. */
export const redisSource = { path: process.env.PATH ?? '', cacheDir: path.join(homedir(), '.cache/kith') }

/** A fast PostgreSQL in a folder, stopped after the test. */
export async function openPostgres(t: ExecutionContext, folder: string, durable = false): Promise<LocalPostgres> {
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable })
  t.teardown(postgres.stop)
  return postgres
}

/** A Redis that keeps its data in a folder, stopped after the test. */
export async function openRedis(t: ExecutionContext, folder: string): Promise<LocalRedis> {
  const redis = await startRedis({ dataDir: path.join(folder, 'redis'), persistent: true, ...redisSource })
  t.teardown(redis.stop)
  return redis
}

/** Runs one statement and returns its rows. */
export async function sql(connectionString: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

/** Uses one connection to Redis and closes it. */
export async function withRedis<Result>(url: string, use: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(url)
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}
