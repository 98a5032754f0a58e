import { once } from 'node:events'
import test from 'ava'
import { connectRedis, subscribeRedis } from '../../src/infra/redis/connect.ts'
import { createLog } from '../../src/infra/telemetry/log.ts'

test('whoever subscribes at the moment the connection is made is subscribed, without a fault', async t => {
  const url = process.env.REDIS_URL ?? ''
  const logger = createLog({ level: 'error', name: 'test' })
  const sub = subscribeRedis(url, logger, 'test-sub')
  const redis = connectRedis(url, logger, 'test')
  t.teardown(() => [sub, redis].forEach(connection => connection.disconnect()))
  const faults: unknown[] = []
  sub.on('error', (error: unknown) => faults.push(error))
  const heard = once(sub, 'message')
  const ready = once(redis, 'ready')
  await once(sub, 'connect')
  await sub.subscribe('test:moment')
  await ready
  await redis.publish('test:moment', 'now')
  t.deepEqual(await heard, ['test:moment', 'now'])
  t.deepEqual(faults, [])
})
