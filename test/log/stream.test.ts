import { randomUUID } from 'node:crypto'
import anyTest, { type TestFn } from 'ava'
import { Redis } from 'ioredis'
import knex from 'knex'
import { encode } from 'notepack.io'
import { openHistory } from '../../src/infra/log/history.ts'
import { logKeys } from '../../src/infra/log/keys.ts'

const test = anyTest as TestFn<{ redis: Redis; keys: ReturnType<typeof logKeys> }>
test.before(async t => {
  t.context = { redis: new Redis(process.env.REDIS_URL ?? ''), keys: logKeys(randomUUID()) }
  await t.context.redis.ping()
})
test.after.always(async t => {
  await t.context.redis.del(t.context.keys.streamOf('e'))
  t.context.redis.disconnect()
})

test('what is read from the stream ends before the first hole, and a stream of another epoch is not read', async t => {
  const { redis, keys } = t.context
  const nobody = knex({ client: 'pg', connection: 'postgres://127.0.0.1:1/nobody', log: { warn: () => undefined } })
  const history = openHistory(nobody, redis, keys)
  for (const pos of [3, 4, 5, 8, 9]) {
    const message = encode([`N${String(pos).padStart(16, '0')}`]) as Buffer
    await redis.xadd(keys.streamOf('e'), `${pos}-0`, 'r', '', 'm', message)
  }
  const { packets, source } = await history.after(3, 'e')
  t.deepEqual([source, packets.map(({ pos }) => pos)], ['stream', [4, 5]])
  for (const [pos, epoch] of [
    [1, 'e'],
    [5, 'e'],
    [9, 'e'],
    [3, 'other'],
  ] as const)
    await t.throwsAsync(history.after(pos, epoch), { message: /ECONNREFUSED/ })
  await nobody.destroy()
})
