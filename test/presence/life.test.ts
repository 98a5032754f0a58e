import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { Redis } from 'ioredis'
import { redisLeases, type Edge } from '../../src/infra/presence/leases.ts'
import { keepPresence } from '../../src/infra/presence/node.ts'
import type { UserId } from '../../src/kernel/scope.ts'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

test('who comes as a life begins, and goes before it has been said, is not taken to be there', async t => {
  const redis = new Redis(process.env.REDIS_URL ?? '')
  await once(redis, 'ready')
  const prefix = `life-${randomUUID()}`
  const [ada, bob] = [randomUUID(), randomUUID()] as [UserId, UserId]
  const real = redisLeases(redis, prefix)
  const begun = Promise.withResolvers<void>()
  const leases = {
    ...real,
    async beat(life: string) {
      const size = await real.beat(life)
      node.settle(ada, 'here')
      node.settle(bob, 'here')
      begun.resolve()
      return size
    },
  }
  const edges: Edge[] = []
  const announce = (edge: Edge) => void edges.push(edge)
  const node = keepPresence({ leases, redis, graceMs: 0, logger: silent, announce })
  await begun.promise
  await pause(0) // the life has begun, and has said who is here
  node.settle(ada, 'gone')
  const told = () => edges.map(({ userId, online }) => [userId === ada ? 'ada' : 'bob', online])
  while (edges.length < 3) await pause(10)
  t.deepEqual(told(), [
    ['ada', true],
    ['bob', true],
    ['ada', false],
  ])
  const [life = ''] = await redis.zrange(`{${prefix}:presence}:beats`, 0, -1)
  t.deepEqual(await redis.smembers(`{${prefix}:presence}:here:${life}`), [bob])
  await node[Symbol.asyncDispose]()
  redis.disconnect()
})
